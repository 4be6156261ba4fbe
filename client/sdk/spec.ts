import { hostOf } from '../../shared/contract/names';
import { MongograntError } from './mongogrant-error';

/** What a credential is for. */
export interface Place {
  host: string;
  db: string;
  role: string;
}

/** Names of people's own for hosts and databases. */
export interface Aliases {
  host: Record<string, string>;
  db: Record<string, string>;
}

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

/** With aliases looked up. */
export function resolvePlace({ host, db, role }: Place, aliases: Aliases): Place {
  return { host: actual(aliases.host, host), db: actual(aliases.db, db), role: roleOf(role) };
}

const actual = (names: Record<string, string>, name: string): string =>
  Object.hasOwn(names, name) ? (names[name] ?? name) : name;

/** Whether both mean the same database and role, however their host is written. */
export const samePlace = (a: Place, b: Place): boolean =>
  hostOf(a.host) === hostOf(b.host) && a.db === b.db && a.role === b.role;
