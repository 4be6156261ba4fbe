import * as fields from '../../shared/contract/fields/access';
import { roles } from '../../shared/policy/policy';
import type { Client } from '../sdk/client';
import { type Place, resolvePlace, roleOf } from '../sdk/spec';
import { checked } from './checked';
import { UsageError } from './refused';

/** The database that somebody names on the command line, with their aliases resolved. `names` are the names of the arguments. */
export async function placeOf(
  client: Client,
  { host, db, role }: Place,
  names: Place = { host: 'HOST', db: 'DB', role: '--role' },
): Promise<Place> {
  const place = await resolveAliases(client, { host, db, role });
  return {
    host: checked(names.host, fields.host, place.host),
    db: checked(names.db, fields.db, place.db),
    role: checked(names.role, fields.role, place.role),
  };
}

/** One database, named by a SPEC. */
export const placeInSpec = (client: Client, spec: string): Promise<Place> =>
  placeOf(client, specOf(spec), { host: 'HOST in SPEC', db: 'DB in SPEC', role: 'ROLE in SPEC' });

/** The arguments of a command; in place of a host there may be a SPEC. */
export interface Named {
  host: string;
  db?: string | undefined;
  role?: string | undefined;
}

/** One database, named by HOST and DB (to read, unless `--role` says otherwise), or by a SPEC alone. */
export async function placeOrSpec(client: Client, { host, db, role }: Named): Promise<Place> {
  if (db !== undefined) return placeOf(client, { host, db, role: role ?? 'read' });
  if (!host.includes('/'))
    throw new UsageError('DB: is missing. Name HOST and DB, or ROLE:HOST/DB, such as rw:mongodb03.lab.org/fw_phonons.');
  if (role !== undefined) throw new UsageError('--role: leave it out, as SPEC begins with the role.');
  return placeInSpec(client, host);
}

/** Resolves a person's aliases for hosts and databases, and checks nothing. */
export async function resolveAliases(client: Client, place: Place): Promise<Place> {
  const [host, db] = await Promise.all([client.aliases('host'), client.aliases('db')]);
  return resolvePlace(place, { host, db });
}

/** `ROLE:HOST/DB`, where host and database may be patterns. */
export function specOf(spec: string): Place {
  const [, role = '', host, db] = /^([^:/\s]+):([^/\s]+)\/([^/\s]+)$/.exec(spec) ?? [];
  const known = Object.hasOwn(roles, roleOf(role));
  if (known && host && db) return { role: roleOf(role), host, db };
  if (!known && /^[^/\s]*[^:/\s]\/[^/\s]+$/.test(spec))
    throw new UsageError(`SPEC: begins with ROLE:, such as ${example(spec)}`);
  throw new UsageError(
    `SPEC: "${spec}" is not one. Write ROLE:HOST/DB, such as rw:mongodb03.lab.org/fw_phonons, ro:localhost:27020/test or 'ro:*/fw_*'.`,
  );
}

/** The person's words with a role: before the host and its port, or in place of another first part. */
const example = (spec: string): string => `rw:${spec.replace(/^[^:/]*:(?!\d+\/)/, '')}`;
