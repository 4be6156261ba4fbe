import type { Me, Scope } from '../sdk/replies';
import type { Paint } from './paint';
import { plain } from './plain';
import { table } from './table';
import { moment } from './times';

/** What the rules open to somebody, as a table. */
export function describeAccess({ access, admin, email }: Me, paint: Paint): string {
  const rows = access.map(({ role, host, db, maxTtl, expires }) => [
    ...[role, host, db, maxTtl ?? ''],
    expires ? moment(expires) : '',
  ]);
  const next = admin ? `Write one: mgrant allow ${email} rw:HOST/DB` : 'Ask your admin.';
  const none = `No rule opens a database to you yet. ${next}\n`;
  return table(['ROLE', 'HOST', 'DATABASE', 'AT MOST', 'UNTIL'], rows, paint) || none;
}

/** What a ruler may decide, in one line. */
export const describeScope = ({ hosts, dbs, emails, which }: Scope): string =>
  `Your scope: hosts ${words(hosts)}; beginnings of databases ${words(dbs)}; emails ${words(emails)}; rules ${words(which)}.`;

const words = (part: 'all' | readonly string[]): string => plain(part === 'all' ? part : part.join(', '));
