import type { BSON, Document } from 'mongodb';
import type { Restriction } from './restrictions';
import type { Credential, Mechanism } from './scram';
import type { RoleName } from './terms';

/** A user as it is stored; the order of its fields is the order in which `usersInfo` shows them. */
export interface UserRecord {
  /** `<db>.<user>`; a database name has no dot, so this is unambiguous. */
  _id: string;
  /** Tells this user from an earlier or later one with the same name. */
  userId: BSON.Binary;
  user: string;
  db: string;
  credentials: Partial<Record<Mechanism, Credential>>;
  customData?: Document;
  roles: RoleName[];
  authenticationRestrictions?: Restriction[];
}

/** What the journal keeps about users. */
export type UserEntry = { kind: 'user'; user: UserRecord } | { kind: 'dropUser'; id: string };

/** The users of the whole server. Records are never changed in place: a change puts a new record. */
export class Users {
  private readonly byId = new Map<string, UserRecord>();

  constructor(private readonly keep: (entry: UserEntry) => void) {}

  find(user: string, db: string): UserRecord | undefined {
    return this.byId.get(idOf(user, db));
  }

  /** All users, sorted by name, then by database. */
  all(): UserRecord[] {
    return sorted(this.byId.values());
  }

  /** Those of these names that there are, in the same order. */
  named(names: readonly [user: string, db: string][]): UserRecord[] {
    return sorted(new Set(names.flatMap(([user, db]) => this.find(user, db) ?? [])));
  }

  put(record: UserRecord): void {
    this.keep({ kind: 'user', user: record });
    this.byId.set(record._id, record);
  }

  /** Whether there was such a user. */
  drop(user: string, db: string): boolean {
    const id = idOf(user, db);
    if (!this.byId.has(id)) return false;
    this.keep({ kind: 'dropUser', id });
    return this.byId.delete(id);
  }

  /** Takes over an entry of the journal, without writing it again. */
  replay(entry: UserEntry): void {
    if (entry.kind === 'user') this.byId.set(entry.user._id, entry.user);
    else this.byId.delete(entry.id);
  }
}

const sorted = (records: Iterable<UserRecord>): UserRecord[] =>
  [...records].sort((a, b) => compare(a.user, b.user) || compare(a.db, b.db));

export function idOf(user: string, db: string): string {
  return `${db}.${user}`;
}

/** Order by code points in UTF-8, as the server's own index has it. */
export function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
