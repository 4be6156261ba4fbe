import { clientStage } from '../../../support/client-stage';
import { later } from '../../../support/stage';
import { endpoint } from '../../../support/stage-fetch';

const on = clientStage();
const day = 24 * 3600;
const auth = () => on.clientOf().getAuth(on.stage.host, 'demo', 'rw');

test('a database that is asked for again and again costs one request in each process, and one MongoClient', async () => {
  const client = await on.member();
  const all = await Promise.all(Array.from({ length: 20 }, () => client.db(on.spec())));
  expect(new Set(all.map((db) => db.client)).size).toBe(1);
  expect(await on.clientOf().uri(on.spec())).toContain('mongodb://');
  expect(on.asked).toEqual(['POST /grants', 'GET /grants']);
  const beside = on.clientOf();
  await Promise.all(Array.from({ length: 20 }, () => beside.db(on.spec())));
  expect(on.asked).toEqual(['POST /grants', 'GET /grants', 'GET /grants']);
});

test('a credential that ends soon is renewed, and what was opened with it works on', async () => {
  const client = await on.member();
  const db = await client.db(on.spec());
  const before = await auth();
  on.asked.length = 0;
  later(on.stage, 28.9 * day);
  await client.db(on.spec());
  expect(on.asked).toEqual([]);
  later(on.stage, 0.2 * day);
  expect((await client.db(on.spec())).client).toBe(db.client);
  expect(on.asked).toEqual(['POST /grants/renew']);
  const after = await auth();
  expect(after).toMatchObject({ username: before.username, password: before.password });
  expect(Number(after.expires) - Number(before.expires)).toBe(29.1 * day * 1000);
  await db.collection('tasks').insertOne({});
});

test('a credential that can not be renewed is used to its end, and somebody hears why', async () => {
  const client = await on.member();
  const db = await client.db(on.spec());
  await client.revokeTokens();
  later(on.stage, 29.5 * day);
  for (let time = 0; time < 3; time += 1) expect((await client.db(on.spec())).client).toBe(db.client);
  expect(on.warnings).toEqual([expect.stringMatching(/could not be renewed.*token.*link/s)]);
  later(on.stage, day);
  await expect(client.db(on.spec())).rejects.toMatchObject({ status: 401 });
});

test('when a credential has ended there is a new one, and what has ended is no longer in the file', async () => {
  const client = await on.member();
  const db = await client.db(on.spec());
  await client.getAuth(on.stage.host, 'demo2', 'rw');
  later(on.stage, 31 * day);
  await client.setRemote(endpoint, await on.stage.tokenFor('you@example.com'));
  const again = await client.db(on.spec());
  expect(again.client).not.toBe(db.client);
  await again.collection('tasks').insertOne({});
  expect(on.asked.filter((request) => request === 'POST /grants')).toHaveLength(3);
  const { auth: entries } = JSON.parse(await on.text());
  expect(entries).toMatchObject([{ db: 'demo' }]);
});

test('a grant that somebody revoked is asked for anew when it is due', async () => {
  const client = await on.member();
  await client.db(on.spec());
  const admin = await on.admin();
  await admin.revoke({ email: 'you@example.com' });
  later(on.stage, 29.5 * day);
  await (await client.db(on.spec())).collection('tasks').insertOne({});
  expect(on.asked.slice(-2)).toEqual(['POST /grants/renew', 'POST /grants']);
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

test('a program that runs on renews by itself, and is not kept alive by it', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout');
  const client = await on.member({ ttl: '1 h' });
  const db = await client.db(on.spec());
  const [renew, wait] = timers.mock.calls.findLast(([, ms]) => ms === 600_000) ?? [];
  timers.mockRestore();
  expect(wait).toBe(600_000);
  later(on.stage, 49 * 60);
  renew?.();
  await until(async () => (await on.text()).includes('2026-11-24T09:49:00.000Z'));
  expect(on.asked).toEqual(['POST /grants', 'POST /grants/renew']);
  await db.collection('tasks').insertOne({});
});

test('a login that is gone, and that the timer can not get anew, holds up none of the others', async () => {
  const timers = jest.spyOn(globalThis, 'setTimeout');
  let failures: { status: number; code: string; detail: string }[] = [];
  const client = on.clientOf({ ttl: '1 h' }, 'you', ({ url }) => {
    const failure = url.includes('/grants') ? failures.shift() : undefined;
    return failure && Response.json(failure, { status: failure.status });
  });
  await client.setRemote(endpoint, await on.stage.tokenFor('you@example.com'));
  for (const db of ['demo', 'demo2']) await client.db(on.spec(db));
  const [renew] = timers.mock.calls.findLast(([, ms]) => ms === 600_000) ?? [];
  timers.mockRestore();
  later(on.stage, 49 * 60);
  const detail = 'No.';
  failures = [
    { status: 404, code: 'grant_unknown', detail },
    { status: 403, code: 'not_allowed', detail },
  ];
  on.asked.length = 0;
  renew?.();
  await until(async () => (await on.text()).includes('2026-11-24T09:49:00.000Z'));
  expect(on.asked).toEqual(['POST /grants/renew', 'POST /grants', 'POST /grants/renew']);
});
