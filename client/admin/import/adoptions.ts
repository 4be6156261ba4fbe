import { move } from '../../../shared/store/grants/move';
import { type ActiveGrant, type EndingGrant, type Grant, grantRow } from '../../../shared/store/grants/row';
import { type GrantRows, parseGrants } from '../../../shared/store/grants/rows';
import { keys } from '../../../shared/store/keys';
import { lease } from '../../../shared/store/lease';
import type { Table } from '../../../shared/store/table';

// The row of a user who was there before it: `active` from the start, as its login works already, and nobody is about to create it.

/** The row in this place, whatever its state. */
export async function readGrantAt(table: Table, place: Parameters<typeof keys.grant>[0]): Promise<GrantRows> {
  const item = await table.get(keys.grant(place));
  return parseGrants(table, item ? [item] : []);
}

/**
 * Takes over a row whose user has no tag yet because an adoption was cut off. None if the row changed meanwhile. Whoever planned the row
 * can no longer withdraw it.
 */
export const claimAdoption = (
  table: Table,
  grant: ActiveGrant | EndingGrant,
  now: number,
): Promise<Grant | undefined> =>
  move(table, grant, { to: grantRow, set: { changingUntil: now + lease }, remove: ['lostAt'] });
