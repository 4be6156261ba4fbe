import { createInterface } from 'node:readline';
import { type Db, type Document, type FindCursor, MongoClient, MongoServerError } from 'mongodb';
import type { Question } from './client-process';
import type { Act } from './steps';

/** A connection that stays open from one question to the next. */
interface Opened {
  client: MongoClient;
  db: Db;
  cursor?: FindCursor<Document>;
}

interface Here {
  question: Question;
  opened: Opened;
  db: Db;
}

const connections = new Map<string, Opened>();

function connect(uri: string): Opened {
  const client = new MongoClient(uri, { maxPoolSize: 1 });
  return { client, db: client.db() };
}

async function logIn({ db }: Opened): Promise<string> {
  const { authInfo } = await db.command({ connectionStatus: 1 });
  return authInfo.authenticatedUsers.map(({ user, db }: Document) => `${user}@${db}`).join();
}

/** The first batch is there once the first document is. */
async function firstBatch(cursor: FindCursor<Document>): Promise<Document[]> {
  const first = await cursor.next();
  return [...(first ? [first] : []), ...cursor.readBufferedDocuments()];
}

async function rest(cursor: FindCursor<Document>): Promise<Document[]> {
  const documents: Document[] = [];
  for await (const document of cursor) documents.push(document);
  return documents;
}

const acts: Partial<Record<Act, (here: Here) => unknown>> = {
  insert: async ({ db, question: { count } }) => {
    const documents = Array.from({ length: count }, (_, n) => ({ _id: n, n, even: n % 2 === 0 }));
    return (await db.collection<{ _id: number }>('notes').insertMany(documents)).insertedCount;
  },
  find: async ({ db, question: { batchSize } }) => {
    const cursor = db.collection('notes').find({}, { batchSize });
    const batch = await firstBatch(cursor);
    const documents = [...batch, ...(await rest(cursor))];
    const sum = documents.reduce((total, { n }) => total + n, 0);
    return { documents: documents.length, sum, severalBatches: batch.length === batchSize };
  },
  'begin to read': async ({ db, opened, question: { batchSize } }) => {
    opened.cursor = db.collection('notes').find({}, { batchSize });
    return (await firstBatch(opened.cursor)).length;
  },
  'read on': async ({ opened: { cursor }, question: { batchSize } }) =>
    cursor && batchSize + (await rest(cursor)).length,
  update: async ({ db }) =>
    (await db.collection('notes').updateMany({ even: true }, { $set: { seen: true } })).modifiedCount,
  aggregate: ({ db, question: { pipeline } }) => db.collection('notes').aggregate(pipeline).toArray(),
  delete: async ({ db }) => (await db.collection('notes').deleteMany({ n: { $gte: 240 } })).deletedCount,
  'create index': ({ db }) => db.collection('notes').createIndex({ n: 1 }),
  'list collections': async ({ db }) => (await db.listCollections().toArray()).map(({ name }) => name),
  'list databases': async ({ db }) => (await db.admin().listDatabases()).databases.map(({ name }) => name),
  'create user': ({ db }) => db.command({ createUser: 'stranger', pwd: 'stranger', roles: [] }),
  'list users': ({ db }) => db.command({ usersInfo: 1 }),
  'drop database': ({ db }) => db.dropDatabase(),
  drop: async ({ db }) => {
    await db.collection('notes').drop();
    return 'dropped';
  },
};

async function act(question: Question): Promise<unknown> {
  const { as, does, uri, elsewhere } = question;
  if (does === 'open' || does === 'log in') {
    const opened = connect(uri);
    if (does === 'open') connections.set(as, opened);
    return logIn(opened).finally(() => (does === 'open' ? undefined : opened.client.close()));
  }
  const opened = connections.get(as);
  const run = acts[does];
  if (!opened || !run) throw new Error(`${does} can't be done here`);
  return run({ question, opened, db: elsewhere ? opened.client.db(elsewhere) : opened.db });
}

async function outcome(question: Question): Promise<object> {
  try {
    return { value: await act(question) };
  } catch (error) {
    if (error instanceof MongoServerError) return { code: error.code, message: error.message };
    return { fault: String(error) };
  }
}

/** Does what each line on standard input asks for, and prints what came of it as one JSON line. */
async function answerAll(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await outcome(JSON.parse(line))));
  for (const { client } of connections.values()) await client.close();
}

void answerAll();
