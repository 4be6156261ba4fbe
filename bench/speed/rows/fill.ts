import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { day, seconds } from '../../../shared/policy/time';
import { keys } from '../../../shared/store/keys';
import { grantOf } from './grants';
import { putRows } from './write-rows';

const shares = { links: 0.25, rules: 0.05, grants: 0.3 };

/** Fills a table with so many rows of other people: links that became tokens, rules, grants on this host, and audit events of 30 days. */
export async function fillTable(tableName: string, host: string, count: number): Promise<void> {
  const client = new DynamoDBClient({});
  const now = seconds(new Date());
  const atOnce = 10_000;
  for (let from = 0; from < count; from += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, count - from) }, (_, n) => rowOf(from + n, host, now));
    await putRows(client, tableName, rows);
  }
  client.destroy();
}

const emailOf = (n: number): string => `other${n}@other.example`;

function rowOf(n: number, host: string, now: number): object {
  const email = emailOf(n);
  // Each hundred rows hold every kind.
  const part = (n % 100) / 100;
  if (part < shares.links) return linkRow(n, now);
  if (part < shares.links + shares.rules) return ruleRow(email, host, now);
  if (part < shares.links + shares.rules + shares.grants) return grantOf(n, { host, db: 'own', left: 30 * day });
  return eventRow(n, email, { host, now });
}

/** The link of a person. */
export const linkOf = (n: number) => ({ email: emailOf(n), id: String(n).padStart(16, 'l') });

const linkRow = (n: number, now: number) => {
  const until = { expiresAt: now, tokenExpiresAt: now + 30 * day, deleteAt: now + 400 * day };
  return { ...keys.link(linkOf(n)), ...linkOf(n), hash: 'h'.repeat(64), state: 'redeemed', ...until };
};

const ruleRow = (email: string, host: string, now: number) => {
  const rule = { email, host, db: 'own', role: 'read', which: 'allow' };
  const key = keys.rule(rule);
  const listed = { listPk: keys.allRules, listSk: `${email}#${key.sk}` };
  return { ...key, ...rule, ...listed, version: 1, setBy: 'admin@example.com', setAt: now };
};

const eventRow = (n: number, email: string, { host, now }: { host: string; now: number }) => {
  const at = new Date((now - (n % 30) * day) * 1000).toISOString();
  const sk = `${at}#${String(n).padStart(9, '0')}#request${n}`;
  const wish = { host, db: 'own', role: 'read' };
  const facts = { act: 'grant_refused', email, at, requestId: `request${n}`, ip: '192.0.2.1', wish };
  return { pk: keys.events(at.slice(0, 10)), sk, ...facts, listPk: keys.eventsOf(email), listSk: sk };
};
