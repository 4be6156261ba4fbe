import * as v from 'valibot';
import { day } from '../../policy/time';
import { keys } from '../keys';
import { lease } from '../lease';
import type { Table } from '../table';
import { move } from './move';
import {
  type ActiveGrant,
  type EndedGrant,
  type EndingGrant,
  endedRow,
  endingRow,
  type LiveGrant,
  type LivingGrant,
  type Proof,
} from './row';

const keptAfterEnd = 90 * day;

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
  | { state: 'begun'; grant: EndingGrant }
  | { state: 'ended'; grant: EndedGrant }
  | { state: 'busy' }
  | { state: 'spared' };

/** -> `ending`, for whoever ends it next: none if it ends already. It is due from now on. */
export async function markEnding(
  table: Table,
  grant: LiveGrant,
  { why, by, now }: Pick<EndCause, 'why' | 'by'> & { now: number },
): Promise<EndingGrant | undefined> {
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ending', endingUntil: 0, why, by, dueAt: dueNow(grant, now) },
    add: { version: 1 },
    if: '#id = :id AND #state <> :ended AND #state <> :ending',
    values: { id: grant.id, ended: 'ended', ending: 'ending' },
  });
  return item && v.parse(endingRow, item);
}

const dueNow = ({ dueAt }: LiveGrant, now: number): number => Math.min(now, dueAt ?? now);

const stillTrue = { expired: ' AND #expiresAt <= :now', abandoned: ' AND #creatingUntil <= :now' } as const;

/** -> `ending`, for the one request that ends it from here on. */
export async function beginEnd(
  table: Table,
  grant: LivingGrant,
  { why, by, onlyIf, answered, now }: EndCause & { now: number },
): Promise<Beginning> {
  const first = grant.state === 'ending' ? {} : { why, by, dueAt: dueNow(grant, now) };
  const item = await table.update(keys.grant(grant), {
    set: { state: 'ending', endingUntil: now + lease, ...first, ...(answered && { creatingUntil: 0 }) },
    add: { version: 1 },
    if: `#id = :id AND #state <> :ended AND (#state <> :ending OR #endingUntil <= :now)${onlyIf ? stillTrue[onlyIf] : ''}`,
    values: { id: grant.id, ended: 'ended', ending: 'ending', now },
  });
  if (item) return { state: 'begun', grant: v.parse(endingRow, item) };
  const found = await table.get(keys.grant(grant));
  // Another grant has its place.
  if (found?.id !== grant.id) return { state: 'ended', grant: asEnded(grant) };
  if (found.state === 'ended') return { state: 'ended', grant: v.parse(endedRow, found) };
  return { state: found.state === 'ending' ? 'busy' : 'spared' };
}

/** What is known of a grant that has ended where its row can't say it: another one's is there, or it changed just then. */
export const asEnded = (grant: LivingGrant, proof?: Proof): EndedGrant => ({
  ...grant,
  state: 'ended',
  ...(proof && { proof }),
});

/** Seconds until a grant that could not be ended is tried again: longer each time, up to an hour. */
const pauseAfter = (failures: number): number => Math.min(3600, 30 * 2 ** Math.min(failures, 10));

/** Why an end is given up for now. `unaskedSince`: since when all that is left to be shown is up to members that can't be asked; none where it is not. */
interface Pause {
  waitsFor: string;
  unaskedSince: number | undefined;
  now: number;
}

/** Gives up ending for now: what was sent to the server may still arrive. */
export function pauseEnd(
  table: Table,
  grant: EndingGrant,
  { waitsFor, unaskedSince, now }: Pause,
): Promise<EndingGrant | undefined> {
  // Who tries again meanwhile, each second perhaps, does not make the reaper wait for longer.
  const inTurn = (grant.retryAt ?? 0) <= now;
  const failures = (grant.failures ?? 0) + (inTurn ? 1 : 0);
  const retryAt = inTurn ? Math.max(now + pauseAfter(failures - 1), grant.creatingUntil) : grant.retryAt;
  const set = { endingUntil: 0, changingUntil: now + lease, failures, retryAt, waitsFor };
  if (unaskedSince === undefined) return move(table, grant, { to: endingRow, set, remove: ['unaskedSince'] });
  return move(table, grant, { to: endingRow, set: { ...set, unaskedSince } });
}

/** `late`: some command may still arrive. */
interface Finish {
  now: number;
  proof?: Proof;
  late?: boolean;
}

/** `ending` -> `ended`, with what was proved. It leaves the index of what is due and will be forgotten in months. */
export const finishEnd = (table: Table, grant: EndingGrant, finish: Finish): Promise<EndedGrant | undefined> =>
  close(table, grant, finish);

/** `active` -> `ended`, of a user who was there before and was not tagged after all: nobody was given anything, so there is nothing to end. */
export const withdrawPlan = (table: Table, grant: ActiveGrant, now: number): Promise<EndedGrant | undefined> =>
  close(table, grant, { now });

function close(
  table: Table,
  grant: LivingGrant,
  { now, proof, late = false }: Finish,
): Promise<EndedGrant | undefined> {
  const set = { state: 'ended', endingUntil: 0, endedAt: now, deleteAt: now + keptAfterEnd, proof };
  const changing = late ? { changingUntil: now + lease } : {};
  return move(table, grant, { to: endedRow, set: { ...set, ...changing }, remove: ['duePk', 'dueAt', 'retryAt'] });
}
