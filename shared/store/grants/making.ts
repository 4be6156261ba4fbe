import type { Deployment } from '../../contract/deployment';
import { keys } from '../keys';
import type { Table } from '../table';
import { move } from './move';
import { type ActiveGrant, activeRow, type EndedGrant, type LiveGrant, type PendingGrant, pendingRow } from './row';

/** Every row has these, in any state, as earlier releases need them. */
const ofEveryRow = { creatingUntil: 0, endingUntil: 0, change: 0 };

/**
 * Writes the row of a new grant before its user exists or is tagged: none if another request was faster. `before`: the ended grant with its
 * key.
 */
export async function planGrant<G extends LiveGrant>(
  table: Table,
  grant: G,
  before: EndedGrant | undefined,
): Promise<G | undefined> {
  const unchanged = before
    ? { if: '#id = :before AND #state = :ended', values: { before: before.id, ended: 'ended' } }
    : { if: 'attribute_not_exists(#pk)' };
  return (await table.put(itemOf(grant), unchanged)) ? grant : undefined;
}

const itemOf = (grant: LiveGrant) => ({
  ...keys.grant(grant),
  ...ofEveryRow,
  ...grant,
  duePk: keys.due(grant.id),
  dueAt: grant.state === 'pending' ? grant.creatingUntil : grant.expiresAt,
  listPk: keys.grantsOn(grant.host),
  listSk: `${grant.email}#${keys.grant(grant).sk}`,
});

/** Gives a planned grant another username, as its first one was taken. */
export const renameGrant = (table: Table, grant: PendingGrant, username: string): Promise<PendingGrant | undefined> =>
  move(table, grant, { to: pendingRow, set: { username } });

/** Notes that the host did not answer, so nobody knows whether the user was made. */
export const noteUnanswered = (table: Table, grant: PendingGrant, now: number): Promise<PendingGrant | undefined> =>
  move(table, grant, { to: pendingRow, set: { unansweredAt: now } });

/** `pending` -> `active`, unless it was revoked meanwhile. */
export function activateGrant(
  table: Table,
  grant: PendingGrant,
  madeOn?: Deployment,
): Promise<ActiveGrant | undefined> {
  const set = { state: 'active', creatingUntil: 0, dueAt: grant.expiresAt, ...(madeOn && { madeOn }) };
  return move(table, grant, { to: activeRow, set });
}
