import type { GrantItem } from '../../shared/store/grants/row';
import { keys } from '../../shared/store/keys';
import type { Table } from '../../shared/store/table';

/** Puts a row into the table as it may lie there, in whatever state: in the service only a plan is written whole, all else are moves. */
export async function seedGrant(table: Pick<Table, 'put'>, row: GrantItem): Promise<void> {
  const key = keys.grant(row);
  const due = { duePk: keys.due(row.id), dueAt: row.state === 'pending' ? row.creatingUntil : row.expiresAt };
  const listed = { listPk: keys.grantsOn(row.host), listSk: `${row.email}#${key.sk}` };
  await table.put({ ...key, ...row, ...due, ...listed });
}
