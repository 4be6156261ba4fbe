import * as v from 'valibot';
import { keys } from '../../shared/store/keys';
import { readRow } from '../../shared/store/read-row';
import type { Table } from '../../shared/store/table';

/** A release raises it if an older one would misread its rows. */
export const rowsVersion = 1;

const versionItem = v.object({ version: v.pipe(v.number(), v.maxValue(rowsVersion)) });

/** Notes in the table which version its rows have, and never lowers it. After a roll-back the later note can't be read and is reported. */
export async function noteRowsVersion(table: Table): Promise<void> {
  const item = await table.get(keys.rowsVersion);
  const known = item && readRow(table, versionItem, item);
  if (item && (!known || known.version === rowsVersion)) return;
  const lower = { if: 'attribute_not_exists(#pk) OR #version < :version', values: { version: rowsVersion } };
  await table.put({ ...keys.rowsVersion, version: rowsVersion }, lower);
}
