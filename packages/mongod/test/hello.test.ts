import { BSON, type Document } from 'mongodb';
import { useMongod } from './support/use-mongod';

const server = useMongod();

describe('hello', () => {
  const hello = { hello: 1, $db: 'admin' };
  const driver = { name: 'x', version: '1' };
  const os = { type: 'x' };

  test('says what drivers need to know', async () => {
    const wire = await server.wire();
    expect(await wire.command({ ...hello, helloOk: true })).toMatchObject({
      ...(server.isAtLeast(5) && { helloOk: true }),
      isWritablePrimary: true,
      topologyVersion: { processId: expect.any(BSON.ObjectId), counter: 0 },
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: expect.any(Date),
      logicalSessionTimeoutMinutes: 30,
      connectionId: expect.any(Number),
      minWireVersion: 0,
      maxWireVersion: expect.any(Number),
      readOnly: false,
      ok: 1,
    });
  });

  test.each<[string, Document, number, string]>([
    ['nothing', {}, 183, "Missing required sub-document 'driver' in the client metadata document"],
    ['no driver', { os }, 183, "Missing required sub-document 'driver' in the client metadata document"],
    ['no name of it', { driver: {}, os }, 183, "Missing required field 'driver.name' in the client metadata document"],
    ['a driver without version', { driver: { name: 'x' }, os }, 183, "Missing required field 'driver.version' in the"],
    ['no system', { driver }, 183, "Missing required sub-document 'os' in the client metadata document"],
    ['no type of it', { driver, os: {} }, 183, "Missing required field 'os.type' in the client metadata document"],
    ['a word', { driver: 'x', os }, 14, "The 'driver' field is required to be a BSON document in the"],
    [
      'a long name',
      { application: { name: 'x'.repeat(129) }, driver, os },
      184,
      "The 'application.name' field must be",
    ],
  ])('refuses a client that says of itself %s', async (_, client, code, words) => {
    const wire = await server.wire();
    const reply = await wire.command({ ...hello, client });
    expect(reply).toMatchObject({ ok: 0, code, errmsg: expect.stringContaining(words) });
  });

  test('takes the metadata of a client with the first hello only', async () => {
    const wire = await server.wire();
    expect(await wire.command(hello)).toMatchObject({ ok: 1 });
    expect(await wire.command({ ...hello, client: { driver, os } })).toMatchObject({ ok: 0, code: 186 });
  });

  test('takes the metadata of a client once', async () => {
    const wire = await server.wire();
    const client = { driver, os };
    expect(await wire.command({ ...hello, client })).toMatchObject({ ok: 1 });
    expect(await wire.command(hello)).toMatchObject({ ok: 1 });
    const again = await wire.command({ ...hello, client });
    expect(again).toMatchObject({ ok: 0, code: 186, codeName: 'ClientMetadataCannotBeMutated' });
  });

  test('waits for news only when it is told what is known and how long', async () => {
    const wire = await server.wire();
    const { topologyVersion } = await wire.command(hello);
    const long = { ...topologyVersion, counter: BSON.Long.fromNumber(topologyVersion.counter) };
    const before = Date.now();
    expect(await wire.command({ ...hello, topologyVersion: long, maxAwaitTimeMS: 120 })).toMatchObject({ ok: 1 });
    expect(Date.now() - before).toBeGreaterThanOrEqual(110);
    expect(await wire.command({ ...hello, topologyVersion: long })).toMatchObject({ ok: 0, code: 31368 });
    expect(await wire.command({ ...hello, maxAwaitTimeMS: 5 })).toMatchObject({ ok: 0, code: 31368 });
  });
});
