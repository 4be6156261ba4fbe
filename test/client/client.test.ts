import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientOptions } from '../../client';
import { allItems, later, openStage, type Stage } from '../support/stage';
import { endpoint, newestLink, stageFetch } from '../support/stage-fetch';

let stage: Stage;
let folder: string;
const clients: Client[] = [];

beforeEach(async () => {
  stage = await openStage();
  folder = await mkdtemp(join(tmpdir(), 'mongogrant-'));
  const admin = clientOf({ settings: join(folder, 'admin.json') });
  await admin.setRemote(endpoint, await stage.tokenFor('admin@example.com'));
  await admin.setRule({ email: 'you@example.com', host: stage.host, db: 'demo*', role: 'readWrite', which: 'allow' });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await stage.close();
  await rm(folder, { recursive: true });
});

function clientOf(options: ClientOptions = {}): Client {
  const { fetch } = stageFetch(stage);
  const mongo = { serverSelectionTimeoutMS: 2000 };
  const client = new Client({
    settings: join(folder, 'you.json'),
    fetch,
    clock: () => stage.clock.now,
    mongo,
    ...options,
  });
  clients.push(client);
  return client;
}

test('the whole story: link, token, database, renewal, revocation', async () => {
  const client = clientOf();
  expect(await client.requestLink('you@example.com', endpoint)).toContain('link');
  await client.redeemLink(newestLink(stage));
  expect(await client.me()).toMatchObject({ email: 'you@example.com', admin: false });

  await client.setAlias('here', stage.host);
  const db = await client.db('rw:here/demo');
  await db.collection('tasks').insertOne({ name: 'first' });
  expect(await db.collection('tasks').countDocuments()).toBe(1);

  const [before] = await client.grants();
  later(stage, 3600);
  const renewed = await client.renew('rw:here/demo');
  expect(Date.parse(renewed.expires) - Date.parse(before?.expires ?? '')).toBe(3_600_000);
  expect((await client.getAuth('here', 'demo', 'rw')).expires).toEqual(new Date(renewed.expires));
  expect(await client.db('rw:here/demo')).toHaveProperty('client', db.client);

  const { username, password } = await client.getAuth('here', 'demo', 'rw');
  const { revoked } = await client.revoke('rw:here/demo');
  expect(revoked).toMatchObject([{ username, state: 'ended' }]);
  await expect(stage.login(username, password, 'demo')).rejects.toMatchObject({ code: 18 });
  expect((await allItems()).filter(({ pk, state }) => String(pk).startsWith('grants#') && state === 'active')).toEqual(
    [],
  );
});
