import { once } from 'node:events';
import { BSON, type Document, MongoClient } from 'mongodb';
import { useMongod } from './support/use-mongod';
import { encode, WireClient } from './support/wire-client';

const mongod = useMongod();
const exhaustAllowed = 1 << 16;

test("a driver's monitor is told that all is well, again and again, and no pool is cleared", async () => {
  const client = new MongoClient(`mongodb://${mongod.host}:${mongod.port}/`, {
    heartbeatFrequencyMS: 500,
    serverMonitoringMode: 'stream',
  });
  const failures: unknown[] = [];
  client.on('serverHeartbeatFailed', ({ failure }) => failures.push(failure));
  client.on('connectionPoolCleared', (event) => failures.push(event));
  await client.connect();
  for (let beat = 0; beat < 4; beat++) {
    const [{ awaited }] = await once(client, 'serverHeartbeatSucceeded');
    expect([beat, awaited]).toEqual([beat, true]);
  }
  expect(failures).toEqual([]);
  await client.close();
});

test('a hello that allows it is answered until the connection closes, each reply answering the one before', async () => {
  const wire = await WireClient.connect(mongod.host, mongod.port);
  const topologyVersion = await topologyOf(wire);
  wire.send(encode({ hello: 1, topologyVersion, maxAwaitTimeMS: 30, $db: 'admin' }, { flags: exhaustAllowed }));
  for (let reply = 0; reply < 5; reply++) expect(await wire.reply()).toMatchObject({ isWritablePrimary: true });
  wire.close();
});

test('what another run of the server said is news once, and then no more', async () => {
  const wire = await WireClient.connect(mongod.host, mongod.port);
  const topologyVersion = await topologyOf(wire);
  const stale = { ...topologyVersion, processId: new BSON.ObjectId() };
  wire.send(
    encode({ hello: 1, topologyVersion: stale, maxAwaitTimeMS: 60_000, $db: 'admin' }, { flags: exhaustAllowed }),
  );
  expect(await wire.reply()).toMatchObject({ topologyVersion: { processId: topologyVersion.processId } });
  const next = wire.reply().then(
    () => 'another reply',
    () => 'closed',
  );
  await (await WireClient.connect(mongod.host, mongod.port)).command({ ping: 1, $db: 'admin' });
  wire.close();
  expect(await next).toBe('closed');
});

test('one that fails, and one that does not say how long, are answered once', async () => {
  const wire = await WireClient.connect(mongod.host, mongod.port);
  expect(await wire.command({ hello: 1, maxAwaitTimeMS: 5, $db: 'admin' }, { flags: exhaustAllowed })).toMatchObject({
    ok: 0,
  });
  const without = await wire.command({ hello: 1, $db: 'admin' }, { flags: exhaustAllowed });
  expect(without).toMatchObject({ ok: 0, code: 51756 });
  expect(await wire.command({ ping: 1, $db: 'admin' })).toEqual({ ok: 1 });
  wire.close();
});

/** As the next hello has to send it: with the counter as a long, which the driver reads as a number. */
async function topologyOf(wire: WireClient): Promise<Document> {
  const { topologyVersion } = await wire.command({ hello: 1, $db: 'admin' });
  return { ...topologyVersion, counter: BSON.Long.fromNumber(topologyVersion.counter) };
}
