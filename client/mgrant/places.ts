import * as fields from '../../shared/fields';
import type { Client } from '../client';
import { type Place, resolvePlace, roleOf } from '../spec';
import { checked } from './checked';
import { UsageError } from './refused';

/** A database as somebody names it on the command line, with the names of their own looked up. */
export async function placeOf(client: Client, { host, db, role }: Place): Promise<Place> {
  const place = await actual(client, { host, db, role });
  return {
    host: checked('HOST', fields.host, place.host),
    db: checked('DB', fields.db, place.db),
    role: checked('--role', fields.role, place.role),
  };
}

/** With the names that somebody gave to hosts and databases looked up, and nothing checked. */
export async function actual(client: Client, place: Place): Promise<Place> {
  const [host, db] = await Promise.all([client.aliases('host'), client.aliases('db')]);
  return resolvePlace(place, { host, db });
}

/** `ROLE:HOST/DB`, where host and database may be patterns. */
export function specOf(spec: string): Place {
  const [, role, host, db] = /^([^:/\s]+):([^/\s]+)\/([^/\s]+)$/.exec(spec) ?? [];
  if (role && host && db) return { role: roleOf(role), host, db };
  throw new UsageError(
    `SPEC: "${spec}" is none. Write ROLE:HOST/DB, such as rw:mongodb03.lab.org/fw_phonons, ro:localhost:27020/test or 'ro:*/fw_*'.`,
  );
}
