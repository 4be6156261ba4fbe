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

export interface EndCause {
  why: string;
  by: string;
  /** What must still be true: it has expired, or nobody is making its user any more. */
  onlyIf?: 'expired' | 'abandoned';
  /** The host has answered the request that was making the user, so nothing is under way. */
  answered?: boolean;
}

/** The result of the write that begins an end. `busy`: another request is ending it. `spared`: the condition no longer holds. */
export type Beginning =
  | { state: 'begun'; grant: EndingGrant }
  | { state: 'ended'; grant: EndedGrant }
  | { state: 'busy' }
  | { state: 'spared' };

/** -> `ending`, for whoever ends it next: none if it already ends. It is due from now on. */
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

/** -> `ending`, for this request, which alone ends it. */
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
  // Another grant has taken its row.
  if (found?.id !== grant.id) return { state: 'ended', grant: asEnded(grant) };
  if (found.state === 'ended') return { state: 'ended', grant: v.parse(endedRow, found) };
  return { state: found.state === 'ending' ? 'busy' : 'spared' };
}

/** An ended grant whose row can't say so, because another grant has it or it changed just then. */
export const asEnded = (grant: LivingGrant, proof?: Proof): EndedGrant => ({
  ...grant,
  state: 'ended',
  ...(proof && { proof }),
});

/** Seconds until the next try to end a grant: longer each time, up to an hour. */
const pauseAfter = (failures: number): number => Math.min(3600, 30 * 2 ** Math.min(failures, 10));

/** Why an end stops for now. `unaskedSince`: since when only members that can't be asked are missing from the proof, if that is so. */
interface Pause {
  waitsFor: string;
  unaskedSince: number | undefined;
  now: number;
}

/** Stops ending for now. Commands that were sent may still arrive. */
export function pauseEnd(
  table: Table,
  grant: EndingGrant,
  { waitsFor, unaskedSince, now }: Pause,
): Promise<EndingGrant | undefined> {
  // A caller who tries again in between, even each second, does not make the reaper wait longer.
  const inTurn = (grant.retryAt ?? 0) <= now;
  const failures = (grant.failures ?? 0) + (inTurn ? 1 : 0);
  const retryAt = inTurn ? Math.max(now + pauseAfter(failures - 1), grant.creatingUntil) : grant.retryAt;
  const set = { endingUntil: 0, changingUntil: now + lease, failures, retryAt, waitsFor };
  if (unaskedSince === undefined) return move(table, grant, { to: endingRow, set, remove: ['unaskedSince'] });
  return move(table, grant, { to: endingRow, set: { ...set, unaskedSince } });
}

/** `late`: a command may still arrive. */
interface Finish {
  now: number;
  proof?: Proof;
  late?: boolean;
}

/** `ending` -> `ended`, with its proof. It leaves the index of due grants, and is deleted after some months. */
export const finishEnd = (table: Table, grant: EndingGrant, finish: Finish): Promise<EndedGrant | undefined> =>
  close(table, grant, finish);

/** `active` -> `ended`, for an adopted user that was not tagged after all: nobody got anything, so nothing must end. */
export const withdrawPlan = (table: Table, grant: ActiveGrant, now: number): Promise<EndedGrant | undefined> =>
  close(table, grant, { now });

function close(
  table: Table,
  grant: LivingGrant,
  { now, proof, late = false }: Finish,
): Promise<EndedGrant | undefined> {
  // A password that somebody still holds must be counted as long as it looks alive there.
  const deleteAt = Math.max(now + keptAfterEnd, grant.expiresAt);
  const set = { state: 'ended', endingUntil: 0, endedAt: now, deleteAt, proof };
  const changing = late ? { changingUntil: now + lease } : {};
  return move(table, grant, { to: endedRow, set: { ...set, ...changing }, remove: ['duePk', 'dueAt', 'retryAt'] });
}
