// Run by `mongosh --nodb --quiet --file`: does what each line on standard input asks for, and prints what came of it as one JSON line.
/* global connect, print, quit */
const questions = require('node:readline').createInterface({ input: process.stdin });
const opened = {};

const logIn = async (uri) => {
  const db = await connect(uri);
  const { authInfo } = await db.runCommand({ connectionStatus: 1 });
  return { db, who: authInfo.authenticatedUsers.map(({ user, db: source }) => `${user}@${source}`).join() };
};

const acts = {
  open: async ({ as, uri }) => {
    const { db, who } = await logIn(uri);
    opened[as] = { db };
    return who;
  },
  'log in': async ({ uri }) => {
    const { db, who } = await logIn(uri);
    await db.getMongo().close();
    return who;
  },
  insert: async ({ notes, count }) => {
    const documents = Array.from({ length: count }, (_, n) => ({ _id: n, n, even: n % 2 === 0 }));
    return Object.keys((await notes.insertMany(documents)).insertedIds).length;
  },
  find: async ({ notes, batchSize }) => {
    const cursor = await (await notes.find({})).batchSize(batchSize);
    const documents = [await cursor.next()];
    const atHand = (await cursor.objsLeftInBatch()) + 1;
    while (await cursor.hasNext()) documents.push(await cursor.next());
    const sum = documents.reduce((total, { n }) => total + n, 0);
    return { documents: documents.length, sum, severalBatches: atHand === batchSize };
  },
  'begin to read': async ({ notes, opening, batchSize }) => {
    opening.cursor = await (await notes.find({})).batchSize(batchSize);
    await opening.cursor.next();
    opening.left = await opening.cursor.objsLeftInBatch();
    return opening.left + 1;
  },
  'read on': async ({ opening }) => {
    let seen = 1;
    while (await opening.cursor.hasNext()) {
      await opening.cursor.next();
      seen++;
    }
    return seen;
  },
  update: async ({ notes }) => (await notes.updateMany({ even: true }, { $set: { seen: true } })).modifiedCount,
  aggregate: async ({ notes, pipeline }) => (await notes.aggregate(pipeline)).toArray(),
  delete: async ({ notes }) => (await notes.deleteMany({ n: { $gte: 240 } })).deletedCount,
  'create index': ({ notes }) => notes.createIndex({ n: 1 }),
  'list collections': ({ db }) => db.getCollectionNames(),
  'list databases': ({ db }) => db.getMongo().getDBNames(),
  'create user': ({ db }) => db.createUser({ user: 'stranger', pwd: 'stranger', roles: [] }),
  'list users': ({ db }) => db.getUsers(),
  'drop database': ({ db }) => db.dropDatabase(),
  drop: async ({ notes }) => {
    await notes.drop();
    return 'dropped';
  },
};

async function act(question) {
  const run = acts[question.does];
  const opening = opened[question.as];
  if (opening === undefined) return await run(question);
  const db = question.elsewhere ? await opening.db.getSiblingDB(question.elsewhere) : opening.db;
  return await run({ ...question, opening, db, notes: await db.getCollection('notes') });
}

async function outcome(question) {
  try {
    return { value: await act(question) };
  } catch ({ code, name, message }) {
    return typeof code === 'number' ? { code, message } : { fault: `${name}: ${message}` };
  }
}

(async () => {
  for await (const line of questions) print(JSON.stringify(await outcome(JSON.parse(line))));
  quit();
})();
