import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beginReconciling, endReconcilingAt } from '../../../functions/reconcile/reconciling';
import { takeToken, tryCode } from '../../../functions/redeem-link/terminal-logins';
import { countLink } from '../../../functions/request-link/sent-links';
import { ensureTable, startDynamoDb } from '../../../local/dynamodb';
import type { Listening } from '../../../local/loopback';
import { writeEvent } from '../../../shared/store/audit';
import { beginEnd, finishEnd } from '../../../shared/store/grants/ending';
import { activateGrant, planGrant } from '../../../shared/store/grants/making';
import type { PendingGrant } from '../../../shared/store/grants/row';
import { keys } from '../../../shared/store/keys';
import { putLink, readLink, redeemLink, revokeToken } from '../../../shared/store/links';
import { putRuler } from '../../../shared/store/rulers';
import { putRule } from '../../../shared/store/rules';
import { dynamoTable, type Table } from '../../../shared/store/table';
import { isWrite, type Sent, standBefore } from '../../support/stand-before';

let dynamodb: Listening;
let proxy: Awaited<ReturnType<typeof standBefore>>;
let table: Table;
let sent: Sent[] = [];

beforeAll(async () => {
  dynamodb = await startDynamoDb({ port: 0 });
  proxy = await standBefore(dynamodb.port, (one, pass) => {
    if (isWrite(one)) sent.push(one);
    return pass(one);
  });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: proxy.url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  await ensureTable(new DynamoDBClient(), 'late');
  table = dynamoTable('late');
});
afterAll(async () => {
  await proxy.close();
  await dynamodb.close();
});

const now = 1_800_000_000;
const link = { email: 'ada@lab.org', id: 'a', hash: 'h', expiresAt: now + 60 };
const terminal = { code: 'c', poll: 'p', askedFrom: '192.0.2.1', askedBy: 'mgrant' };
const grant: PendingGrant = {
  id: 'g',
  email: 'ada@lab.org',
  host: 'h',
  db: 'd',
  role: 'read',
  label: '',
  username: 'u',
  usersDb: 'd',
  state: 'pending',
  version: 1,
  issuedAt: now,
  expiresAt: now + 60,
  creatingUntil: now + 30,
  changingUntil: 0,
};
const rule = {
  email: '*',
  host: '*',
  db: '*',
  role: 'read',
  which: 'allow',
  version: 1,
  setBy: 'x',
  setAt: 1,
} as const;
const ruler = {
  email: 'x@y.z',
  hosts: 'all',
  dbs: 'all',
  emails: 'all',
  which: 'all',
  version: 1,
  setBy: 'x',
  setAt: 1,
} as const;
const source = { requestId: 'r', ip: '192.0.2.1' };

/** Lives, each of what somebody may hold or be, each write after the other. */
const lives: Record<string, () => Promise<unknown>> = {
  async link() {
    await putLink(table, link);
    await redeemLink(table, link, { expiresAt: now + 600, now });
    const redeemed = await readLink(table, link);
    expect(redeemed && (await revokeToken(table, keys.link(redeemed), now))).toBe(true);
  },
  async 'login of a terminal'() {
    const own = { ...link, id: 't', terminal: true };
    await putLink(table, own, terminal);
    await tryCode(table, own, { tried: 'wrong', now });
    await tryCode(table, own, { tried: 'c', now });
    const poll = { ...own, hash: 'p', endsAt: now + 60 };
    expect(await takeToken(table, poll, { expiresAt: now + 600, now })).toBe(true);
  },
  async 'count of links'() {
    const limits = { cooldown: 60, mostInAll: 20, mostFromOne: 5 };
    const at = (moment: number) => ({ email: 'ada@lab.org', ip: '192.0.2.1', now: new Date(moment * 1000) });
    await countLink(table, undefined, { ...limits, ...at(now) });
    await countLink(table, undefined, { ...limits, ...at(now + 60) });
  },
  async grant() {
    await planGrant(table, grant, undefined);
    const active = await activateGrant(table, grant);
    const begun = active && (await beginEnd(table, active, { why: 'revoked', by: 'x', now }));
    const ended = begun?.state === 'begun' ? await finishEnd(table, begun.grant, { now }) : undefined;
    expect(await planGrant(table, { ...grant, id: 'g2' }, ended)).toMatchObject({ id: 'g2' });
  },
  async rule() {
    await putRule(table, rule, undefined);
    await putRule(table, { ...rule, version: 2, cidrs: ['192.0.2.7'] }, rule);
  },
  async ruler() {
    await putRuler(table, ruler, undefined);
    await putRuler(table, { ...ruler, version: 2, hosts: ['h'] }, ruler);
  },
  async 'run of the reconciler'() {
    await beginReconciling(table, 'h', { run: 'one', now, until: now + 60 });
    await endReconcilingAt(table, 'h', { run: 'one', until: now + 30 });
    await beginReconciling(table, 'h', { run: 'two', now: now + 30, until: now + 90 });
  },
  async 'decision on record'() {
    await writeEvent(table, { act: 'rule_set', email: 'ada@lab.org', by: 'x@y.z' }, source, new Date(now * 1000));
  },
};

test.each(Object.keys(lives))(
  'no write of the life of a %s changes anything when it arrives once more, late',
  async (name) => {
    sent = [];
    await lives[name]?.();
    const writes = sent;
    expect(writes.length).toBeGreaterThan(1);
    const touched = new Map(
      writes.map(({ body }) => {
        const { Item, Key } = JSON.parse(body.toString());
        const { pk, sk } = Item ?? Key;
        return [`${pk.S} ${sk.S}`, { pk: pk.S, sk: sk.S }];
      }),
    );
    const rows = () => Promise.all([...touched.values()].map((key) => table.get(key)));
    const before = await rows();
    for (const late of writes) {
      await proxy.pass(late);
      expect(await rows()).toEqual(before);
    }
  },
);
