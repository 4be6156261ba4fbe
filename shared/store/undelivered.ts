import * as v from 'valibot';
import { day, seconds } from '../policy/time';
import { keys } from './keys';
import { readRow } from './read-row';
import type { Table } from './table';

/** Why an address gets no mail for now: its server refused one for good, SES holds its mail back, or its owner complained. */
const undeliveredItem = v.object({ reason: v.picklist(['bounced', 'suppressed', 'complained']), until: v.number() });
export type Undelivered = v.InferOutput<typeof undeliveredItem>['reason'];

/** How long one note stops mails. The mailbox may be repaired meanwhile; if not, the next mail renews the note. */
const lasts = 30 * day;

export async function readUndelivered(table: Table, email: string, now: Date): Promise<Undelivered | undefined> {
  const item = await table.get(keys.undelivered(email));
  const note = item && readRow(table, undeliveredItem, item);
  return note && note.until > seconds(now) ? note.reason : undefined;
}

export async function noteUndelivered(
  table: Table,
  email: string,
  { reason, now }: { reason: Undelivered; now: Date },
): Promise<void> {
  const until = seconds(now) + lasts;
  await table.put({ ...keys.undelivered(email), reason, until, deleteAt: until });
}
