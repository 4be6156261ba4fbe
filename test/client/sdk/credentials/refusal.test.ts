import { clientStage } from '../../../support/client-stage';
import { endpoint } from '../../../support/stage-fetch';

const on = clientStage();
const grants = () => on.asked.filter((request) => request === 'POST /grants').length;

/** Another machine asks under the same label: the password that is in our file is no good any more. */
async function takenOver(): Promise<void> {
  const [remote] = await on.clientOf().remotes();
  const other = on.clientOf({}, 'other');
  await other.setRemote(endpoint, remote?.token ?? '');
  await other.getAuth(on.stage.host, 'demo', 'rw');
}

test('a password that MongoDB refuses is replaced, once, and the cause is named', async () => {
  const client = await on.member();
  await client.getAuth(on.stage.host, 'demo', 'rw');
  await takenOver();
  const all = await Promise.all(Array.from({ length: 5 }, () => client.db(on.spec())));
  await all[0]?.collection('tasks').insertOne({});
  expect(grants()).toBe(3);
  // Those that are refused at one moment share a look at what became of the password. A real server does not refuse all five at once.
  expect(on.asked.filter((request) => request === 'GET /grants').length).toBeLessThan(5);
  expect(on.warnings).toEqual([
    `The password for readWrite:${on.stage.host}/demo (no label, user you_example.com_readWrite) was replaced: another machine or program asked for it under the same label at 2026-11-24 08:00 UTC. You have a new password now, and theirs has stopped working. Give each machine and program a label of its own.`,
  ]);
});

test('a wrong password from elsewhere, whose end nobody knows, is used, and replaced when it is refused', async () => {
  const client = await on.member();
  await client.setAuth(on.stage.host, 'demo', 'rw', 'you_example.com_readWrite', 'wrong');
  expect(await client.getAuth(on.stage.host, 'demo', 'rw')).toMatchObject({ password: 'wrong' });
  expect(grants()).toBe(0);
  await (await client.db(on.spec())).collection('tasks').insertOne({});
  expect(grants()).toBe(1);
  expect(on.warnings).toEqual([expect.stringMatching(/MongoDB refused the password .* Give each machine a label/)]);
});

test('where a new password is refused as well, that is the end of it', async () => {
  const reply = { username: 'nobody', password: 'wrong', label: '', expires: '2026-12-24T08:00:00.000Z' };
  const place = { host: on.stage.host, db: 'demo', role: 'readWrite' };
  const uri = `mongodb://nobody:wrong@${on.stage.host}/demo?authSource=demo`;
  const client = on.clientOf({}, 'you', () => Response.json({ ...reply, ...place, uri }, { status: 201 }));
  await client.setRemote(endpoint, 'token');
  const failure = await client.db(on.spec()).catch((fault: unknown) => fault);
  expect(failure).toMatchObject({ code: 'credential_refused' });
  expect(String(failure)).not.toContain('wrong');
  expect(grants()).toBe(2);
});

test('a refusal while a program runs swaps the MongoClient', async () => {
  const client = await on.member();
  const db = await client.db(on.spec());
  await takenOver();
  // More at once than there are connections: new ones have to log in.
  const many = Array.from({ length: 10 }, () => db.collection('tasks').countDocuments());
  expect((await Promise.allSettled(many)).some(({ status }) => status === 'rejected')).toBe(true);

  const again = await client.db(on.spec());
  expect(again.client).not.toBe(db.client);
  expect(await again.collection('tasks').countDocuments()).toBe(0);
  expect(grants()).toBe(3);
  expect((await client.db(on.spec())).client).toBe(again.client);
});

test('what another process with this file has got is taken up without a request, and a cursor of before reads on', async () => {
  const client = await on.member();
  const before = await client.db(on.spec());
  await before.collection('tasks').insertMany(Array.from({ length: 300 }, (_, number) => ({ number })));
  const cursor = before.collection('tasks').find({}, { batchSize: 10 });
  const read = [await cursor.next()];
  await takenOver();
  const beside = on.clientOf();
  await beside.db(on.spec());
  expect(grants()).toBe(3);

  const after = await client.db(on.spec());
  expect(after.client).not.toBe(before.client);
  expect(await after.collection('tasks').countDocuments()).toBe(300);
  for await (const task of cursor) read.push(task);
  expect(read).toHaveLength(300);
  expect(grants()).toBe(3);
});
