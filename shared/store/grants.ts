import * as v from 'valibot';
import { day } from '../time';
import { keys } from './keys';
import type { Item, Table } from './table';

const keptAfterEnd = 90 * day;

/** A grant: one item per person, host, database, role and label, moved `pending` -> `active` -> `ending` -> `ended`. */
const grantItem = v.object({
  id: v.string(),
  email: v.string(),
  host: v.string(),
  db: v.string(),
  role: v.string(),
  label: v.string(),
  /** The planned name: known before the MongoDB user exists. */
  username: v.string(),
  /** The database that holds the MongoDB user (`authSource`). */
  usersDb: v.string(),
  state: v.picklist(['pending', 'active', 'ending', 'ended']),
  /** Counts the writes; a write names the version that it read. */
  version: v.number(),
  issuedAt: v.number(),
  expiresAt: v.number(),
  /** Until then the request that made the grant may still be about to create its user; 0 once it has. */
  busyUntil: v.number(),
  /** Where the login may come from; empty for anywhere. */
  cidrs: v.array(v.string()),
});
export type Grant = v.InferOutput<typeof grantItem>;
export type GrantKey = Pick<Grant, 'email' | 'host' | 'db' | 'role' | 'label'>;

export const parseGrant = (item: Item): Grant => v.parse(grantItem, item);

/** Whether a login may exist for this grant now or soon. */
export const counts = (grant: Grant): boolean => grant.state !== 'ended';

/** Whether the grant is in force: neither ended, ending nor past its end. */
export const inForce = (grant: Grant, now: number): boolean => grant.state === 'active' && grant.expiresAt > now;

/** The grants of a person, ended ones of the last months included. */
export async function grantsOf(table: Table, email: string, host?: string): Promise<Grant[]> {
  const items = await table.query({ pk: keys.grants(email), ...(host && { prefix: `${host}#` }) });
  return items.map(parseGrant);
}

/** Everybody's grants on a host, from the index, which may lag behind by a moment. */
export async function grantsOnHost(table: Table, host: string): Promise<Grant[]> {
  return (await table.query({ pk: keys.grants(host), index: 'listed' })).map(parseGrant);
}

/** Writes the row of a new grant before its user exists: false if another request was faster. `before` is the ended grant in its place. */
export function planGrant(table: Table, grant: Grant, before: Grant | undefined): Promise<boolean> {
  const item = { ...keys.grant(grant), ...grant, ...indexed(grant, grant.busyUntil) };
  if (!before) return table.put(item, { if: 'attribute_not_exists(#pk)' });
  return table.put(item, { if: '#id = :before AND #state = :ended', values: { before: before.id, ended: 'ended' } });
}

/** Gives a planned grant another username, as its own was taken. */
export const renameGrant = (table: Table, grant: Grant, username: string): Promise<Grant | undefined> =>
  move(table, grant, { username });

/** `pending` -> `active`, unless it was revoked meanwhile. */
export const activateGrant = (table: Table, grant: Grant): Promise<Grant | undefined> =>
  move(table, grant, { state: 'active', busyUntil: 0, dueAt: grant.expiresAt });

/** Lets an active grant live until another moment: none if it changed meanwhile. */
export const extendGrant = (
  table: Table,
  grant: Grant,
  change: { expiresAt: number; cidrs: string[] },
): Promise<Grant | undefined> => move(table, grant, { ...change, dueAt: change.expiresAt });

/** -> `ending`, whatever else changed; none if it has ended. A grant with `busyUntil: 0` says that nobody creates its user any more. */
export async function beginEnd(table: Table, grant: Grant, now: number): Promise<Grant | undefined> {
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ending', dueAt: Math.max(now, grant.busyUntil), ...(grant.busyUntil === 0 && { busyUntil: 0 }) },
    add: { version: 1 },
    if: '#id = :id AND #state <> :ended',
    values: { id: grant.id, ended: 'ended' },
  });
  return item && parseGrant(item);
}

/** `ending` -> `ended`. It leaves the index of what is due and will be forgotten in months. */
export async function finishEnd(table: Table, grant: Grant, now: number): Promise<boolean> {
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ended', endedAt: now, deleteAt: now + keptAfterEnd },
    add: { version: 1 },
    remove: ['duePk', 'dueAt'],
    if: '#id = :id AND #state = :ending',
    values: { id: grant.id, ending: 'ending' },
  });
  return item !== undefined;
}

async function move(table: Table, grant: Grant, set: Item): Promise<Grant | undefined> {
  const item = await table.update(keys.grant(grant), {
    set,
    add: { version: 1 },
    if: '#id = :id AND #version = :version',
    values: { id: grant.id, version: grant.version },
  });
  return item && parseGrant(item);
}

const indexed = (grant: Grant, dueAt: number) => ({
  duePk: keys.due(grant.id),
  dueAt,
  listPk: keys.grants(grant.host),
  listSk: `${grant.email}#${keys.grant(grant).sk}`,
});
