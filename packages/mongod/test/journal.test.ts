import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BSON, type Document, Long, MongoClient } from 'mongodb';
import { startMongod } from '../src/start-mongod';

const admin = { username: 'admin', password: 'admin-password' };
let dataDir: string;
let journal: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'mongod-journal-'));
  journal = join(dataDir, 'journal.bson');
});
afterEach(() => rmSync(dataDir, { recursive: true }));

/** Runs a server over the folder, does something with it and ends it again. */
async function run<T>(work: (client: MongoClient) => Promise<T>, user = admin, authSource = 'admin'): Promise<T> {
  const server = await startMongod({ admin, dataDir });
  const auth = { username: user.username, password: user.password };
  const client = new MongoClient(`mongodb://127.0.0.1:${server.port}/`, { auth, authSource });
  try {
    return await work(await client.connect());
  } finally {
    await client.close();
    await server.close();
  }
}

const things = (client: MongoClient) => client.db('a').collection<Document>('things');

test('documents, indexes, collections, users and roles are there again after a restart', async () => {
  await run(async (client) => {
    await things(client).createIndex({ n: 1 }, { unique: true });
    await things(client).insertMany([
      { _id: 1, n: Long.fromNumber(1) },
      { _id: 2, n: 2 },
      { _id: 3, n: 3 },
    ] as Document[]);
    await things(client).updateOne({ n: 2 }, { $set: { n: 20 } });
    await things(client).deleteOne({ n: 3 });
    await client.db('a').createCollection('empty');
    await client.db('a').createCollection('gone');
    await client.db('a').dropCollection('gone');
    await client.db('a').renameCollection('empty', 'renamed');
    const privileges = [{ resource: { db: 'a', collection: 'things' }, actions: ['find'] }];
    await client.db('a').command({ createRole: 'finder', privileges, roles: [] });
    const customData = { big: Long.fromString('9007199254740993') };
    await client.db('a').command({ createUser: 'ann', pwd: 'secret', roles: ['finder'], customData });
    await client.db('a').command({ createUser: 'bob', pwd: 'secret', roles: [] });
    await client.db('a').command({ dropUser: 'bob' });
  });
  // Twice: the second time from what the first start has compacted.
  for (let restart = 0; restart < 2; restart += 1) {
    await run(async (client) => {
      const exact = { promoteLongs: false };
      expect(await things(client).find({}, exact).toArray()).toEqual([
        { _id: 1, n: Long.fromNumber(1) },
        { _id: 2, n: 20 },
      ]);
      await expect(things(client).insertOne({ n: 20 })).rejects.toMatchObject({ code: 11000 });
      const names = (await client.db('a').listCollections().toArray()).map(({ name }) => name);
      expect(names.sort()).toEqual(['renamed', 'things']);
      const { users } = await client.db('a').command({ usersInfo: 1 }, exact);
      expect(users).toMatchObject([{ user: 'ann', customData: { big: Long.fromString('9007199254740993') } }]);
    });
  }
  const ann = { username: 'ann', password: 'secret' };
  expect(await run((client) => things(client).countDocuments({ n: 20 }), ann, 'a')).toBe(1);
});

test('the file is compacted at the start, and only its owner can read it', async () => {
  await run(async (client) => {
    await things(client).insertOne({ n: 0 });
    for (let n = 0; n < 200; n += 1) await things(client).updateOne({}, { $inc: { n: 1 } });
  });
  const before = statSync(journal).size;
  expect(await run((client) => things(client).findOne({}, { projection: { _id: 0 } }))).toEqual({ n: 200 });
  expect(statSync(journal).size).toBeLessThan(before / 5);
  expect(statSync(journal).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir)).toEqual(['journal.bson']);
});

test('a torn last record is dropped, wherever it was torn; those before it stay', async () => {
  await run((client) => things(client).insertMany([{ _id: 1 }, { _id: 2 }] as Document[]));
  const whole = readFileSync(journal);
  const record = BSON.serialize({ kind: 'put', db: 'a', collection: 'things', document: { _id: 3 } });
  for (const length of [1, 3, 4, 5, record.length - 1]) {
    writeFileSync(journal, whole);
    appendFileSync(journal, record.subarray(0, length));
    expect(await run((client) => things(client).find().toArray())).toEqual([{ _id: 1 }, { _id: 2 }]);
    await run((client) => things(client).insertOne({ _id: 4 } as Document));
    expect(await run((client) => things(client).countDocuments())).toBe(3);
  }
  writeFileSync(journal, Buffer.concat([whole, record]));
  expect(await run((client) => things(client).countDocuments())).toBe(3);
});

test('a journal that is damaged further up is refused and left as it is', async () => {
  await run((client) => things(client).insertOne({ n: 1 }));
  const bytes = readFileSync(journal);
  bytes.fill(0xff, 4, 12);
  writeFileSync(journal, bytes);
  await expect(startMongod({ admin, dataDir })).rejects.toThrow(/journal\.bson is damaged at byte 0/);
  expect(readFileSync(journal).equals(bytes)).toBe(true);
});

test('what was answered survives kill -9 in the middle of writes', async () => {
  const child = fork(join(__dirname, 'support/mongod-process.ts'), [dataDir], {
    execArgv: ['--import', 'tsx'],
    stdio: 'ignore',
  });
  const [port] = await once(child, 'message');
  const client = await new MongoClient(`mongodb://127.0.0.1:${port}/`, { auth: admin, retryWrites: false }).connect();
  let answered = 0;
  const writing = (async () => {
    for (;;) {
      await things(client).insertOne({ _id: answered + 1, text: 'x'.repeat(2000) } as Document);
      answered += 1;
      if (answered === 50) child.kill('SIGKILL');
    }
  })();
  await expect(writing).rejects.toThrow();
  await client.close();
  expect(answered).toBeGreaterThanOrEqual(50);
  const stored = await run((again) => things(again).find().sort({ _id: 1 }).toArray());
  expect(stored.map(({ _id }) => _id).slice(0, answered)).toEqual(Array.from({ length: answered }, (_, n) => n + 1));
  // One more may have been written without its answer getting out.
  expect(stored.length).toBeLessThanOrEqual(answered + 1);
});

test('without a folder nothing is kept', async () => {
  const start = () => startMongod({ admin });
  for (let restart = 0; restart < 2; restart += 1) {
    const server = await start();
    const client = await new MongoClient(`mongodb://127.0.0.1:${server.port}/`, { auth: admin }).connect();
    expect(await things(client).countDocuments()).toBe(0);
    await things(client).insertOne({ n: 1 });
    await client.close();
    await server.close();
  }
  expect(readdirSync(dataDir)).toEqual([]);
});
