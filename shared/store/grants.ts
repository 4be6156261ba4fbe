import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { type Deployment, deployment } from '../deployment';
import { day } from '../time';
import { keys } from './keys';
import { end, type Item, nextAfter, start, type Table } from './table';

const keptAfterEnd = 90 * day;

/** Seconds: longer than any request can run, so that after it nothing of one is still under way. */
export const lease = 60;

/** How it was shown that a credential is dead. */
const proof = v.object({
  /** Whole seconds. */
  at: v.number(),
  /** The server knows no such user any more. */
  gone: v.boolean(),
  /** Members that know no such name, though they know our own login, and are not behind the drop. */
  unknownTo: v.optional(v.array(v.string()), []),
  /** Members that refused a login with the password that was right until the user was dropped. */
  refusedBy: v.array(v.string()),
  /** Members that could not be asked, or had not replicated the drop yet. */
  notAsked: v.array(v.string()),
  /** Steps that this server, or our login there, does not offer. */
  leftOut: v.array(v.string()),
});
export type Proof = v.InferOutput<typeof proof>;

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
  creatingUntil: v.number(),
  /** Until then a change of a user under the planned name may still be under way, of this grant or of one before it. */
  changingUntil: v.number(),
  /** Until then one request alone is ending the grant; 0 when it is done or has given up. */
  endingUntil: v.number(),
  /** Where the login may come from, empty for anywhere; not there while it is being changed. */
  cidrs: v.optional(v.array(v.string())),
  /** Until then the addresses of the user may be on their way back to what `cidrs` says, and are not to be moved elsewhere. */
  repairUntil: v.optional(v.number()),
  /** The deployment on which its user was made, or last seen. */
  madeOn: v.optional(deployment),
  /** When the host first gave no answer to the command that makes its user. */
  unansweredAt: v.optional(v.number()),
  /** Why it could not be ended, the last time that this was tried. */
  waitsFor: v.optional(v.string()),
  /** Since when all that is left to be shown of its end is up to members that can't be asked. */
  unaskedSince: v.optional(v.number()),
  /** When it was seen that the host has no such user of ours any more. */
  lostAt: v.optional(v.number()),
  /** When the credential should be, or should have been, dead; none once it is. The index `due` is in this order. */
  dueAt: v.optional(v.number()),
  /** Not to be tried before, after it could not be ended. */
  retryAt: v.optional(v.number()),
  /** How often it could not be ended. */
  failures: v.optional(v.number()),
  /** Why it ends, and by whom: from the first attempt on. */
  why: v.optional(v.string()),
  by: v.optional(v.string()),
  /** The end of which its owner was reminded. */
  remindedOf: v.optional(v.number()),
  endedAt: v.optional(v.number()),
  proof: v.optional(proof),
});
export type Grant = v.InferOutput<typeof grantItem>;

export const parseGrant = (item: Item): Grant => v.parse(grantItem, item);

/** Whether a login may exist for this grant now or soon. */
export const counts = (grant: Grant): boolean => grant.state !== 'ended';

/** Whether the grant is in force: neither ended, ending nor past its end. */
export const inForce = (grant: Grant, now: number): boolean => grant.state === 'active' && grant.expiresAt > now;

/** Whether it is, or is about to be, a login that is to go on. */
export const isLive = (grant: Grant, now: number): boolean =>
  (grant.state === 'pending' || grant.state === 'active') && grant.expiresAt > now;

/** The grants of a person, ended ones of the last months included. */
export async function grantsOf(table: Table, email: string, host?: string): Promise<Grant[]> {
  const items = await table.query({ pk: keys.grants(email), ...(host && { prefix: `${host}#` }) });
  return items.map(parseGrant);
}

/** A grant as it is now; none where another one, or none, is in its place. */
export async function readGrant(table: Table, grant: Grant): Promise<Grant | undefined> {
  const item = await table.get(keys.grant(grant));
  return item?.id === grant.id ? parseGrant(item) : undefined;
}

/** Everybody's grants on a host, from the index, which may lag behind by a moment. */
export async function grantsOnHost(table: Table, host: string): Promise<Grant[]> {
  return (await table.query({ pk: keys.grantsOn(host), index: 'listed' })).map(parseGrant);
}

/** The same, a page at a time. `next` begins the next page. */
export async function grantsOnHostFrom(
  table: Table,
  host: string,
  from: string | undefined,
  limit: number,
): Promise<{ grants: Grant[]; next?: string }> {
  const page = await table.page({ pk: keys.grantsOn(host), index: 'listed', from: from ?? start, to: end, limit });
  return { grants: page.items.map(parseGrant), ...nextAfter(page, 'listSk') };
}

/** Together these hold all the grants that have not ended. */
export const liveParts: readonly number[] = keys.dueShards.map((_, part) => part);

/** One part of everybody's grants that have not ended, all of it or what is due up to a moment; from the index, which may lag behind by a moment. */
export const liveGrants = async (table: Table, part: number, upTo?: number): Promise<Grant[]> =>
  (await table.query({ pk: keys.dueShards[part] ?? '', index: 'due', ...(upTo !== undefined && { upTo }) })).map(
    parseGrant,
  );

/** All parts, read at once. */
export const allLiveGrants = async (table: Table, upTo?: number): Promise<Grant[]> =>
  (await Promise.all(liveParts.map((part) => liveGrants(table, part, upTo)))).flat();

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

/** Lets an active grant live until another moment: none if it changed meanwhile. With `moving` its `cidrs` are open until {@link settleAddresses}. */
export const extendGrant = (
  table: Table,
  grant: Grant,
  change: { expiresAt: number; now: number; moving: boolean },
) => {
  const { expiresAt, now, moving } = change;
  return move(table, grant, { expiresAt, dueAt: expiresAt, changingUntil: now + lease }, moving ? ['cidrs'] : []);
};

/** Ends it sooner: none if the grant changed meanwhile. */
export const shortenGrant = (table: Table, grant: Grant, until: number): Promise<Grant | undefined> =>
  move(table, grant, { expiresAt: until, dueAt: until });

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

/** Says where the login may come from, once the server knows: none if the grant changed meanwhile. */
export const settleAddresses = (table: Table, grant: Grant, cidrs: string[]): Promise<Grant | undefined> =>
  move(table, grant, { cidrs });

/** Takes an active grant for a repair of its user: none if it changed meanwhile. Until {@link closeRepair} its addresses can't be moved. */
export const claimRepair = (table: Table, grant: Grant, now: number): Promise<Grant | undefined> =>
  move(table, grant, { changingUntil: now + lease, repairUntil: now + lease });

/** The server has said what became of the repair. */
export const closeRepair = (table: Table, grant: Grant): Promise<Grant | undefined> =>
  move(table, grant, {}, ['repairUntil']);

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
}

const stillTrue = { expired: ' AND #expiresAt <= :now', abandoned: ' AND #creatingUntil <= :now' } as const;

/**
 * -> `ending`, for the one request that ends it from here on. A grant with `creatingUntil: 0` says that nobody creates its user any
 * more. One that has ended already comes back as it is. `spared`: what had to be still true is not, as somebody renewed it, say.
 */
export async function beginEnd(
  table: Table,
  grant: Grant,
  { why, by, onlyIf }: EndCause,
  now: number,
): Promise<Grant | 'being ended' | 'spared'> {
  const created = grant.creatingUntil === 0 ? { creatingUntil: 0 } : {};
  const first = grant.state === 'ending' ? {} : { why, by, dueAt: Math.min(now, grant.dueAt ?? now) };
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ending', endingUntil: now + lease, ...first, ...created },
    add: { version: 1 },
    if: `#id = :id AND #state <> :ended AND (#state <> :ending OR #endingUntil <= :now)${onlyIf ? stillTrue[onlyIf] : ''}`,
    values: { id: grant.id, ended: 'ended', ending: 'ending', now },
  });
  if (item) return parseGrant(item);
  const found = await table.get(keys.grant(grant));
  if (found?.id !== grant.id) return { ...grant, state: 'ended' };
  if (found.state === 'ended') return parseGrant(found);
  return found.state === 'ending' ? 'being ended' : 'spared';
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
  const failures = (grant.failures ?? 0) + 1;
  const retryAt = Math.max(now + pauseAfter(failures - 1), grant.creatingUntil);
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
