import { isDeepStrictEqual } from 'node:util';
import { together } from '../async/together';
import type { Deployment } from '../contract/deployment';
import { day } from '../policy/time';
import { type Grant, type GrantRows, type Proof, parseGrant, parseGrants } from './grant-row';
import { keys } from './keys';
import type { Item, Table } from './table';

export { type Grant, type GrantRows, type Proof, parseGrant, type UnreadableGrant } from './grant-row';

const keptAfterEnd = 90 * day;

/** Seconds: longer than any request can run, so that after it nothing of one is still under way. */
export const lease = 60;

/** Whether a login may exist for this grant now or soon. */
export const counts = (grant: Grant): boolean => grant.state !== 'ended';

/** Whether the grant is in force: neither ended, ending nor past its end. */
export const inForce = (grant: Grant, now: number): boolean => grant.state === 'active' && grant.expiresAt > now;

/** Whether it is, or is about to be, a login that is to go on. */
export const isLive = (grant: Grant, now: number): boolean =>
  (grant.state === 'pending' || grant.state === 'active') && grant.expiresAt > now;

/** The grants of a person, ended ones of the last months included. */
export async function grantsOf(table: Table, email: string, host?: string): Promise<GrantRows> {
  return parseGrants(table, await table.query({ pk: keys.grants(email), ...(host && { prefix: `${host}#` }) }));
}

/** A grant as it is now; none where another one, or none, is in its place. */
export async function readGrant(table: Table, grant: Grant): Promise<Grant | undefined> {
  const item = await table.get(keys.grant(grant));
  return item?.id === grant.id ? parseGrant(item) : undefined;
}

/** Everybody's grants on a host, from the index, which may lag behind by a moment. */
export async function grantsOnHost(table: Table, host: string): Promise<GrantRows> {
  return parseGrants(table, await table.query({ pk: keys.grantsOn(host), index: 'listed' }));
}

/** Everybody's grants that have not ended, all of them or what is due up to a moment; from the index, which may lag behind by a moment. */
export const allLiveGrants = async (table: Table, upTo?: number): Promise<GrantRows> =>
  parseGrants(table, (await together(keys.dueShards.map((part) => duePart(table, part, upTo)))).flat());

const duePart = (table: Table, part: string, upTo: number | undefined): Promise<Item[]> =>
  table.query({ pk: part, index: 'due', ...(upTo !== undefined && { upTo }) });

/** Writes the row of a new grant before its user exists, or is tagged: false if another request was faster. `before` is the ended grant in its place. */
export function planGrant(table: Table, grant: Grant, before: Grant | undefined): Promise<boolean> {
  const dueAt = grant.state === 'pending' ? grant.creatingUntil : grant.expiresAt;
  const item = { ...keys.grant(grant), ...grant, ...indexed(grant, dueAt) };
  if (!before) return table.put(item, { if: 'attribute_not_exists(#pk)' });
  return table.put(item, { if: '#id = :before AND #state = :ended', values: { before: before.id, ended: 'ended' } });
}

/** Gives a planned grant another username, as its own was taken. */
export const renameGrant = (table: Table, grant: Grant, username: string): Promise<Grant | undefined> =>
  move(table, grant, { username });

/** `pending` -> `active`, unless it was revoked meanwhile. */
export const activateGrant = (table: Table, grant: Grant, madeOn?: Deployment): Promise<Grant | undefined> =>
  move(table, grant, { state: 'active', creatingUntil: 0, dueAt: grant.expiresAt, ...(madeOn && { madeOn }) });

/** Says on which deployment its user was seen: false once it has ended. No other write depends on it, so it is no new version. */
export async function stampGrant(table: Table, grant: Grant, madeOn: Deployment): Promise<boolean> {
  const { id } = grant;
  const living = { if: '#id = :id AND #state <> :ended', values: { id, ended: 'ended' } };
  return (await table.update(keys.grant(grant), { set: { madeOn }, ...living })) !== undefined;
}

export const isStamped = ({ madeOn }: Grant, seenOn: Deployment): boolean => isDeepStrictEqual(madeOn, seenOn);

/** Notes that nobody knows whether its user was made, as the host gave no answer. */
export const noteUnanswered = (table: Table, grant: Grant, now: number): Promise<Grant | undefined> =>
  move(table, grant, { unansweredAt: now });

/** Lets an active grant live until another moment, by the next change of its user: none if it changed meanwhile. With `moving` its `cidrs` are open until {@link settleAddresses}. */
export const extendGrant = (
  table: Table,
  grant: Grant,
  change: { expiresAt: number; now: number; moving: boolean },
) => {
  const { expiresAt, now, moving } = change;
  const next = { change: (grant.change ?? 0) + 1, changingUntil: now + lease };
  return move(table, grant, { expiresAt, dueAt: expiresAt, ...next }, moving ? ['cidrs'] : []);
};

/** The change that {@link extendGrant} began never came to its user: others need not wait for it. */
export const withdrawChange = (table: Table, grant: Grant, before: Grant): Promise<Grant | undefined> => {
  const { change = 0, changingUntil, cidrs } = before;
  return move(table, grant, { change, changingUntil, ...(cidrs && { cidrs }) });
};

/** Ends it sooner: none if the grant changed meanwhile. One whose user is still to be made stays due when that must be over. */
export const shortenGrant = (table: Table, grant: Grant, until: number): Promise<Grant | undefined> =>
  move(table, grant, { expiresAt: until, ...(grant.state !== 'pending' && { dueAt: until }) });

/** Notes that its owner is being told of this end of the grant: false if they were before, or if it has another end by now. */
export async function noteReminder(table: Table, grant: Grant): Promise<boolean> {
  const { id, expiresAt } = grant;
  const item = await table.update(keys.grant(grant), {
    set: { remindedOf: expiresAt },
    if: '#id = :id AND #state = :active AND #expiresAt = :expiresAt AND (attribute_not_exists(#remindedOf) OR #remindedOf <> :expiresAt)',
    values: { id, active: 'active', expiresAt },
  });
  return item !== undefined;
}

/** The owner was not told after all, and is to be. */
export async function forgetReminder(table: Table, grant: Grant): Promise<void> {
  const { id, expiresAt, remindedOf } = grant;
  await table.update(keys.grant(grant), {
    ...(remindedOf === undefined ? { remove: ['remindedOf'] } : { set: { remindedOf } }),
    if: '#id = :id AND #remindedOf = :expiresAt',
    values: { id, expiresAt },
  });
}

/** Says where the login may come from, once the server knows: false if the grant has ended, or begun to. No two changes run side by side, so whatever else was written is no matter. */
export async function settleAddresses(table: Table, grant: Grant, cidrs: string[]): Promise<boolean> {
  const { id, change } = grant;
  const item = await table.update(keys.grant(grant), {
    set: { cidrs },
    add: { version: 1 },
    if: '#id = :id AND #change = :change AND #state = :active',
    values: { id, change, active: 'active' },
  });
  return item !== undefined;
}

/** Takes an active grant for a repair of its user: none if it changed meanwhile. Until {@link closeRepair} its addresses can't be moved. */
export const claimRepair = (table: Table, grant: Grant, now: number): Promise<Grant | undefined> =>
  move(table, grant, { change: grant.change ?? 0, changingUntil: now + lease, repairUntil: now + lease });

/** The server has said what became of the repair, and nothing else was under way. */
export const closeRepair = (table: Table, grant: Grant): Promise<Grant | undefined> =>
  move(table, grant, { changingUntil: 0 }, ['repairUntil']);

/** Notes that the host has no such user any more: none if the grant changed meanwhile. */
export const markLost = (table: Table, grant: Grant, now: number): Promise<Grant | undefined> =>
  move(table, grant, { lostAt: now });

/** The user is there again: none if the grant changed meanwhile. */
export const markFound = (table: Table, grant: Grant): Promise<Grant | undefined> => move(table, grant, {}, ['lostAt']);

/** Why a grant ends, and by whom. */
export interface EndCause {
  why: string;
  by: string;
  /** What must still be true: that it has expired, or that nobody makes its user any more. */
  onlyIf?: 'expired' | 'abandoned';
  /** Whoever was making its user has the host's answer: nothing is under way. */
  answered?: boolean;
}

/** What the write that begins an end came to. `busy`: another one is ending it. `spared`: what had to be still true is not. */
export type Beginning =
  | { state: 'begun'; grant: Grant }
  | { state: 'ended'; grant: Grant }
  | { state: 'busy' }
  | { state: 'spared' };

/** -> `ending`, for whoever ends it next: none if it ends already. It is due from now on. */
export async function markEnding(
  table: Table,
  grant: Grant,
  { why, by }: Pick<EndCause, 'why' | 'by'>,
  now: number,
): Promise<Grant | undefined> {
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ending', endingUntil: 0, why, by, dueAt: Math.min(now, grant.dueAt ?? now) },
    add: { version: 1 },
    if: '#id = :id AND #state <> :ended AND #state <> :ending',
    values: { id: grant.id, ended: 'ended', ending: 'ending' },
  });
  return item && parseGrant(item);
}

const stillTrue = { expired: ' AND #expiresAt <= :now', abandoned: ' AND #creatingUntil <= :now' } as const;

/** -> `ending`, for the one request that ends it from here on. */
export async function beginEnd(
  table: Table,
  grant: Grant,
  { why, by, onlyIf, answered }: EndCause,
  now: number,
): Promise<Beginning> {
  const first = grant.state === 'ending' ? {} : { why, by, dueAt: Math.min(now, grant.dueAt ?? now) };
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ending', endingUntil: now + lease, ...first, ...(answered && { creatingUntil: 0 }) },
    add: { version: 1 },
    if: `#id = :id AND #state <> :ended AND (#state <> :ending OR #endingUntil <= :now)${onlyIf ? stillTrue[onlyIf] : ''}`,
    values: { id: grant.id, ended: 'ended', ending: 'ending', now },
  });
  if (item) return { state: 'begun', grant: parseGrant(item) };
  const found = await table.get(keys.grant(grant));
  // Another grant has its place.
  if (found?.id !== grant.id) return { state: 'ended', grant: { ...grant, state: 'ended' } };
  if (found.state === 'ended') return { state: 'ended', grant: parseGrant(found) };
  return { state: found.state === 'ending' ? 'busy' : 'spared' };
}

/** Seconds until a grant that could not be ended is tried again: longer each time, up to an hour. */
const pauseAfter = (failures: number): number => Math.min(3600, 30 * 2 ** Math.min(failures, 10));

/**
 * Gives up ending for now: what was sent to the server may still arrive. `unaskedSince`: since when all that is left to be shown is up to
 * members that can't be asked; none where it is not.
 */
export function pauseEnd(
  table: Table,
  grant: Grant,
  now: number,
  { waitsFor, unaskedSince }: { waitsFor: string; unaskedSince?: number | undefined },
): Promise<Grant | undefined> {
  // Who tries again meanwhile, each second perhaps, does not make the reaper wait for longer.
  const inTurn = (grant.retryAt ?? 0) <= now;
  const failures = (grant.failures ?? 0) + (inTurn ? 1 : 0);
  const retryAt = inTurn ? Math.max(now + pauseAfter(failures - 1), grant.creatingUntil) : grant.retryAt;
  const set = { endingUntil: 0, changingUntil: now + lease, failures, retryAt, waitsFor };
  if (unaskedSince === undefined) return move(table, grant, set, ['unaskedSince']);
  return move(table, grant, { ...set, unaskedSince });
}

/** `ending` -> `ended`, with what was proved. It leaves the index of what is due and will be forgotten in months. `late`: some command may still arrive. */
export function finishEnd(
  table: Table,
  grant: Grant,
  now: number,
  proved?: Proof,
  late = false,
): Promise<Grant | undefined> {
  const set = { state: 'ended', endingUntil: 0, endedAt: now, deleteAt: now + keptAfterEnd, proof: proved };
  const changing = late ? { changingUntil: now + lease } : {};
  return move(table, grant, { ...set, ...changing }, ['duePk', 'dueAt', 'retryAt']);
}

/** Every change of a row but the first: only from the version that was read. */
export async function move(table: Table, grant: Grant, set: Item, remove: string[] = []): Promise<Grant | undefined> {
  const { id, version } = grant;
  const unchanged = { if: '#id = :id AND #version = :version', values: { id, version } };
  const item = await table.update(keys.grant(grant), { set, remove, add: { version: 1 }, ...unchanged });
  return item && parseGrant(item);
}

const indexed = (grant: Grant, dueAt: number) => ({
  duePk: keys.due(grant.id),
  dueAt,
  listPk: keys.grantsOn(grant.host),
  listSk: `${grant.email}#${keys.grant(grant).sk}`,
});
