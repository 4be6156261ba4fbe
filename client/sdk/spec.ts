import { hostOf } from '../../shared/contract/names';
import { MongograntError } from './mongogrant-error';

/** What a credential is for. */
export interface Place {
  host: string;
  db: string;
  role: string;
}

/** Names of people's own for hosts and databases. */
type Aliases = Record<'host' | 'db', Record<string, string>>;

const shortRoles: Record<string, string> = { ro: 'read', rw: 'readWrite' };

/** `ro` and `rw` stand for `read` and `readWrite`; every other role is its own name. */
export const roleOf = (role: string): string => (Object.hasOwn(shortRoles, role) ? (shortRoles[role] ?? role) : role);

/** The place that a spec such as `rw:localhost:27020/test` names: a role, a host (with a port or not) and a database. */
export function parseSpec(spec: string): Place {
  const [, role, host, db] = /^([^:/\s]+):([^/\s]+)\/([^/\s]+)$/.exec(spec) ?? [];
  if (role && host && db) return { role: roleOf(role), host, db };
  throw new MongograntError(
    'spec_invalid',
    `"${spec}" does not name a database. Write ROLE:HOST/DB, such as ro:mongodb03.lab.org/fireworks or rw:localhost:27020/test.`,
  );
}

/** With aliases looked up. An alias may stand for another one; what comes out is none, so that looking it up again changes nothing. */
export function resolvePlace({ host, db, role }: Place, aliases: Aliases): Place {
  return { host: resolveAlias(aliases.host, host), db: resolveAlias(aliases.db, db), role: roleOf(role) };
}

function resolveAlias(names: Record<string, string>, name: string): string {
  const way = [name];
  for (let one = name; ; ) {
    const next = Object.hasOwn(names, one) ? (names[one] ?? one) : one;
    if (next === one) return one;
    const seen = way.includes(next);
    way.push(next);
    if (seen)
      throw new MongograntError(
        'alias_circular',
        `The alias "${name}" leads in a circle: ${way.join(' -> ')}. Let one of them stand for a real name, in the settings file or with setAlias.`,
      );
    one = next;
  }
}

/** Whether both mean the same database and role, however their host is written. */
export const samePlace = (a: Place, b: Place): boolean =>
  hostOf(a.host) === hostOf(b.host) && a.db === b.db && a.role === b.role;
