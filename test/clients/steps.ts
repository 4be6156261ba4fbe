/** What a member may be granted on the database of a client. */
export type Role = 'readWrite' | 'read';

export type ClientName = 'driver' | 'mongosh' | 'pymongo';

/** What one client is asked to do, and what it must see: a value, or the server's refusal. */
export interface Check {
  /** The connection that it is done on: each role has one that stays open from the first step to the last. */
  as: Role;
  /** An act that every client script knows by this name. */
  does: Act;
  /** The password to log in with; the one granted last if left out. */
  password?: 'wrong' | 'former';
  mechanism?: 'SCRAM-SHA-256' | 'SCRAM-SHA-1';
  /** On a database that nobody granted. */
  elsewhere?: true;
  /** Makes sense for one client only. */
  only?: ClientName;
  /** Exactly what the client sees; `$login` stands for the name that was granted, `$db` for its database. */
  sees?: unknown;
  /** The code that the server refuses with. */
  refused?: number;
  /** Without the host's authorities, so that the client must not trust its certificate, and hang up. */
  untrusting?: true;
}

/** A call of mongogrant's API between two checks. */
export interface ApiCall {
  api: 'grant' | 'new password' | 'revoke';
  as: Role;
}

export type Step = Check | ApiCall;

export type Act =
  | 'open'
  | 'log in'
  | 'insert'
  | 'find'
  | 'update'
  | 'aggregate'
  | 'delete'
  | 'create index'
  | 'list collections'
  | 'list databases'
  | 'create user'
  | 'list users'
  | 'drop database'
  | 'drop'
  | 'begin to read'
  | 'read on'
  | 'check as mongogrant'
  | 'read as mgrant starts it'
  | 'show dbs';

const unauthorized = 13;
const authenticationFailed = 18;

const writes = (does: Act, sees: unknown): Check[] => [
  { as: 'readWrite', does, sees },
  { as: 'read', does, refused: unauthorized },
];

const reads = (does: Act, sees: unknown): Check[] => [
  { as: 'readWrite', does, sees },
  { as: 'read', does, sees },
];

const refused = (does: Act, where: Pick<Check, 'elsewhere'> = {}): Check[] => [
  { as: 'readWrite', does, ...where, refused: unauthorized },
  { as: 'read', does, ...where, refused: unauthorized },
];

const logins: Step[] = [
  { api: 'grant', as: 'readWrite' },
  { api: 'grant', as: 'read' },
  ...reads('open', '$login'),
  { as: 'readWrite', does: 'log in', mechanism: 'SCRAM-SHA-256', sees: '$login' },
  { as: 'readWrite', does: 'log in', mechanism: 'SCRAM-SHA-1', sees: '$login' },
  { as: 'readWrite', does: 'log in', password: 'wrong', refused: authenticationFailed },
  { as: 'read', does: 'log in', password: 'wrong', mechanism: 'SCRAM-SHA-256', refused: authenticationFailed },
  { as: 'read', does: 'log in', password: 'wrong', mechanism: 'SCRAM-SHA-1', refused: authenticationFailed },
];

/** 250 documents `{_id, n, even}` with n from 0, in `notes`. */
const data: Check[] = [
  ...writes('insert', 250),
  ...reads('find', { documents: 250, sum: 31_125, severalBatches: true }),
  ...writes('update', 125),
  ...reads('aggregate', [
    { _id: false, count: 50, seen: 0 },
    { _id: true, count: 50, seen: 50 },
  ]),
  ...writes('delete', 10),
  ...reads('find', { documents: 240, sum: 28_680, severalBatches: true }),
  ...writes('create index', 'n_1'),
  ...reads('list collections', ['notes']),
  ...reads('list databases', ['$db']),
];

const notGranted: Check[] = [
  ...refused('find', { elsewhere: true }),
  ...refused('insert', { elsewhere: true }),
  ...refused('list collections', { elsewhere: true }),
  ...refused('create user'),
  ...refused('list users'),
  ...refused('drop database'),
  { as: 'read', does: 'drop', refused: unauthorized },
];

/** What only one client does, in the very way in which it is used. */
const inTheirWay: Check[] = [
  { as: 'readWrite', does: 'check as mongogrant', only: 'pymongo', sees: 'written and dropped' },
  { as: 'read', does: 'check as mongogrant', only: 'pymongo', refused: unauthorized },
  { as: 'read', does: 'show dbs', only: 'mongosh', sees: ['$db'] },
];

const newPassword: Step[] = [
  { api: 'new password', as: 'readWrite' },
  { as: 'readWrite', does: 'find', sees: { documents: 240, sum: 28_680, severalBatches: true } },
  { as: 'readWrite', does: 'log in', password: 'former', refused: authenticationFailed },
  { as: 'readWrite', does: 'log in', sees: '$login' },
];

const revoked: Step[] = [
  ...reads('begin to read', 100),
  { api: 'revoke', as: 'read' },
  { as: 'read', does: 'read on', refused: unauthorized },
  { as: 'read', does: 'find', refused: unauthorized },
  { as: 'read', does: 'log in', refused: authenticationFailed },
  // The other login of the same person lives on.
  { as: 'readWrite', does: 'read on', sees: 240 },
  { as: 'readWrite', does: 'drop', sees: 'dropped' },
  { as: 'readWrite', does: 'list collections', sees: [] },
  { api: 'revoke', as: 'readWrite' },
  { as: 'readWrite', does: 'insert', refused: unauthorized },
  { as: 'readWrite', does: 'log in', refused: authenticationFailed },
  { as: 'readWrite', does: 'log in', mechanism: 'SCRAM-SHA-1', refused: authenticationFailed },
];

/**
 * On a host whose certificate an authority of its own signed. The login that writes comes from the API, with the authority to be kept in a
 * file; the one that reads comes from `mgrant`.
 */
export const privateCaSteps: readonly Step[] = [
  { api: 'grant', as: 'readWrite' },
  { api: 'grant', as: 'read' },
  { as: 'readWrite', does: 'log in', untrusting: true },
  { as: 'read', does: 'log in', untrusting: true },
  ...reads('open', '$login'),
  ...writes('insert', 250),
  ...reads('find', { documents: 250, sum: 31_125, severalBatches: true }),
  { as: 'read', does: 'read as mgrant starts it', only: 'mongosh', sees: 250 },
  { as: 'read', does: 'read as mgrant starts it', only: 'pymongo', sees: 250 },
  { api: 'revoke', as: 'read' },
  { as: 'read', does: 'find', refused: unauthorized },
  { as: 'read', does: 'log in', refused: authenticationFailed },
  { as: 'readWrite', does: 'drop', sees: 'dropped' },
  { api: 'revoke', as: 'readWrite' },
  { as: 'readWrite', does: 'insert', refused: unauthorized },
  { as: 'readWrite', does: 'log in', refused: authenticationFailed },
];

/** What every client goes through, in this order. */
export const steps: readonly Step[] = [...logins, ...data, ...notGranted, ...inTheirWay, ...newPassword, ...revoked];
