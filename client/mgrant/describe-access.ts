import type { Me } from '../replies';
import type { Paint } from './paint';
import { table } from './table';
import { moment } from './times';

/** What the rules open to somebody, as a table. */
export function describeAccess(access: Me['access'], paint: Paint): string {
  const rows = access.map(({ role, host, db, maxTtl, expires }) => [
    ...[role, host, db, maxTtl ?? ''],
    expires ? moment(expires) : '',
  ]);
  const none = 'No rule opens a database to you yet. Ask your admin.';
  return table(['ROLE', 'HOST', 'DATABASE', 'AT MOST', 'UNTIL'], rows, none, paint);
}
