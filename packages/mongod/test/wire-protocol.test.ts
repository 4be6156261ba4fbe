import { BSON, type Document } from 'mongodb';
import { crc32c } from '../src/wire/crc32c';
import { login } from './support/scram-client';
import { useMongod } from './support/use-mongod';
import { encode, encodeQuery, packet } from './support/wire-client';

const server = useMongod();
const ping = { ping: 1, $db: 'admin' };

describe('a message', () => {
  test('may come in pieces of one byte', async () => {
    const wire = await server.wire();
    const reply = wire.reply();
    for (const byte of encode(ping)) {
      wire.send(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
    expect(await reply).toMatchObject({ ok: 1 });
  });

  test('may come in one packet with others; the answers keep their order', async () => {
    const wire = await server.wire();
    const names = ['ping', 'whatsmyuri', 'connectionStatus', 'fly', 'ping'];
    const replies = Promise.all(names.map(() => wire.reply()));
    wire.send(Buffer.concat(names.map((name) => encode({ [name]: 1, $db: 'admin' }))));
    expect(await replies).toMatchObject([
      { ok: 1 },
      { you: expect.any(String) },
      { authInfo: {} },
      { code: 59 },
      { ok: 1 },
    ]);
  });

  test('that wants no reply gets none, but is carried out', async () => {
    const db = server.newDb();
    await server.admin.db(db).command({ createUser: 'ann', pwd: 'pw', roles: ['readWrite', 'userAdmin'] });
    const wire = await server.wire();
    await login(wire, { user: 'ann', password: 'pw', db });
    wire.send(encode({ createUser: 'ben', pwd: 'pw', roles: [], $db: db }, { flags: 2 }));
    expect(await wire.command({ usersInfo: 'ben', $db: db })).toMatchObject({ users: [{ user: 'ben' }] });
  });

  test('that wants no reply gets none either if it is refused or can not be read', async () => {
    const wire = await server.wire();
    const unreadable = encode(ping, { flags: 2, sequences: [['ping', [{}]]] });
    wire.send(Buffer.concat([unreadable, encode({ fly: 1, $db: 'a' }, { flags: 2 })]));
    expect(await wire.command({ whatsmyuri: 1, $db: 'admin' })).toHaveProperty('you');
  });

  test('that may get several replies gets one, without the promise of more', async () => {
    const wire = await server.wire();
    expect(await wire.command(ping, { flags: 1 << 16 })).toMatchObject({ ok: 1 });
    expect(await wire.command({ whatsmyuri: 1, $db: 'admin' })).toHaveProperty('you');
  });

  test('may carry documents beside its body', async () => {
    const db = server.newDb();
    await server.admin.db(db).command({ createUser: 'ann', pwd: 'pw', roles: ['readWrite'] });
    const wire = await server.wire();
    await login(wire, { user: 'ann', password: 'pw', db });
    const documents = [{ _id: 1 }, { _id: 2 }];
    const reply = await wire.command({ insert: 'c', $db: db }, { sequences: [['documents', documents]] });
    expect(reply).toMatchObject({ ok: 1, n: 2 });
  });

  test.each<[string, Document, Parameters<typeof encode>[1], number]>([
    ['case 2.68 no database', { ping: 1 }, {}, 40571],
    ['documents that a hello did not ask for', { hello: 1, $db: 'a' }, { sequences: [['documents', [{}]]] }, 40472],
    [
      'two sequences of one name',
      ping,
      {
        sequences: [
          ['a', []],
          ['a', []],
        ],
      },
      40431,
    ],
    ['a field in the body and beside it', { ping: 1, a: 1, $db: 'admin' }, { sequences: [['a', [{}]]] }, 40433],
  ])('with %s is refused', async (_, body, options, code) => {
    const wire = await server.wire();
    expect(await wire.command(body, options)).toMatchObject({ ok: 0, code });
    expect(await wire.command(ping)).toMatchObject({ ok: 1 });
  });

  test('with documents that nobody asked for is answered all the same; before 5.0 it was refused', async () => {
    const wire = await server.wire();
    const reply = await wire.command(ping, { sequences: [['documents', [{}]]] });
    expect(reply).toMatchObject(server.isAtLeast(5) ? { ok: 1 } : { ok: 0, code: 40472 });
  });

  test('for a database with a dollar sign is refused only where it names a collection', async () => {
    const { admin } = server;
    expect(await admin.db('a$b').command({ ping: 1 })).toMatchObject({ ok: 1 });
    await expect(admin.db('a$b').command({ find: 'c' })).rejects.toMatchObject({ code: 73 });
  });

  test.each(['', 'a b', 'a.b', 'a/b', 'a\\b', 'a"b', 'a\u0000b', 'x'.repeat(64)])(
    'for a database named %j is refused',
    async (db) => {
      const wire = await server.wire();
      expect(await wire.command({ ping: 1, $db: db })).toMatchObject({ ok: 0, code: 73, codeName: 'InvalidNamespace' });
    },
  );

  test('with a field twice is refused', async () => {
    const wire = await server.wire();
    const reply = wire.reply();
    const body = BSON.serialize({ ping: 1, comment: 'a', commenT: 'b', $db: 'admin' });
    const twice = Buffer.from(Buffer.from(body).toString('latin1').replace('commenT', 'comment'), 'latin1');
    wire.send(packet(2013, Buffer.concat([Buffer.alloc(5), twice])));
    expect(await reply).toMatchObject({ ok: 0, code: 40413, codeName: 'Location40413' });
  });

  test.each<[string, Buffer, number]>([
    ['no body', packet(2013, Buffer.alloc(4)), 40587],
    ['two bodies', packet(2013, sections(body(ping), body(ping))), 40430],
    [
      'a section of an unknown kind',
      packet(2013, sections(Buffer.concat([Buffer.from([7]), BSON.serialize(ping)]))),
      40432,
    ],
    ['a body that is cut off', packet(2013, sections(body(ping).subarray(0, 12))), 22],
    [
      'a body of nonsense',
      packet(2013, sections(Buffer.concat([Buffer.from([0, 9, 0, 0, 0]), Buffer.alloc(5, 255)]))),
      22,
    ],
  ])('with %s is refused, and the connection goes on', async (_, bytes, code) => {
    const wire = await server.wire();
    const reply = wire.reply();
    wire.send(bytes);
    expect(await reply).toMatchObject({ ok: 0, code: server.embedded ? code : expect.any(Number) });
    expect(await wire.command(ping)).toMatchObject({ ok: 1 });
  });

  test('with a checksum is held against it', async () => {
    const sealed = (checksum: (bytes: Buffer) => number) => {
      const bytes = Buffer.concat([encode(ping, { flags: 1 }), Buffer.alloc(4)]);
      bytes.writeInt32LE(bytes.length, 0);
      bytes.writeUInt32LE(checksum(bytes.subarray(0, -4)), bytes.length - 4);
      return bytes;
    };
    const wire = await server.wire();
    const reply = wire.reply();
    wire.send(sealed(crc32c));
    expect(await reply).toMatchObject({ ok: 1 });
    wire.send(sealed((bytes) => (crc32c(bytes) ^ 1) >>> 0));
    await wire.closed;
  });

  test('has the checksum of Castagnoli', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });

  test.each<[string, Buffer]>([
    ['an unknown required flag', encode(ping, { flags: 4 })],
    ['an unknown op code', packet(9999, Buffer.alloc(8))],
    ['more than 48000000 bytes', oversized()],
    ['less than a header', Buffer.alloc(16)],
    [
      'three sequences',
      encode(ping, {
        sequences: [
          ['a', []],
          ['b', []],
          ['c', []],
        ],
      }),
    ],
  ])('with %s ends the connection, and that one only', async (_, bytes) => {
    const wire = await server.wire();
    wire.send(bytes);
    await wire.closed;
    expect(await (await server.wire()).command(ping)).toMatchObject({ ok: 1 });
  });

  test('of a kind that is no longer answered is told so; before 5.0 one that can not be read ended the connection', async () => {
    const wire = await server.wire();
    const reply = wire.reply().catch(() => 'closed');
    wire.send(packet(2005, Buffer.alloc(8)));
    expect(await reply).toEqual(
      server.isAtLeast(5) ? { $err: expect.stringContaining('no longer supported'), code: 5739101, ok: 0 } : 'closed',
    );
  });

  test('of random bytes never ends the server', async () => {
    for (let round = 0; round < 200; round += 1) {
      const wire = await server.wire();
      const bytes = encode({ ...ping, comment: ['x', { y: round }] });
      for (let hit = 0; hit < 4; hit += 1)
        bytes[16 + ((round * 31 + hit * 17) % (bytes.length - 16))] = (round * 7) & 255;
      wire.send(bytes);
      wire.send(encode(ping));
      await Promise.race([wire.reply().catch(() => {}), wire.closed]);
      wire.close();
    }
    expect(await (await server.wire()).command(ping)).toMatchObject({ ok: 1 });
  });
});

function sections(...parts: Buffer[]): Buffer {
  return Buffer.concat([Buffer.alloc(4), ...parts]);
}

function body(document: Document): Buffer {
  return Buffer.concat([Buffer.from([0]), BSON.serialize(document)]);
}

function oversized(): Buffer {
  const start = packet(2013, Buffer.alloc(0));
  start.writeInt32LE(48_000_001, 0);
  return start;
}

describe('an old-style message', () => {
  test('is answered in kind when it says hello', async () => {
    const wire = await server.wire();
    for (const query of [{ ismaster: 1 }, { $query: { isMaster: 1 }, $readPreference: { mode: 'nearest' } }]) {
      const reply = wire.reply();
      wire.send(encodeQuery('admin', query));
      expect(await reply).toMatchObject({ ismaster: true, maxWireVersion: expect.any(Number), ok: 1 });
    }
  });

  test('is good for nothing else; before 5.0 it was, after a login', async () => {
    const wire = await server.wire();
    const reply = wire.reply();
    wire.send(encodeQuery('admin', { find: 'c' }));
    expect(await reply).toMatchObject({ ok: 0, code: server.isAtLeast(5) ? 352 : 13 });
  });
});

test('case 1.47 an unknown command is named by its code', async () => {
  await expect(server.admin.db('a').command({ fly: 1 })).rejects.toMatchObject({
    code: 59,
    codeName: 'CommandNotFound',
  });
});

test.each([
  ['a transaction number without a session', { txnNumber: BSON.Long.ONE }, 72],
  ['a transaction field without a number', { autocommit: false }, 72],
  ['case 1.49 a transaction number', { txnNumber: BSON.Long.ONE, lsid: { id: new BSON.UUID() } }, 20],
  ['a session id that is none', { lsid: { id: 'x' } }, 14],
  ['the session of another user', { lsid: { id: new BSON.UUID(), uid: new BSON.Binary(Buffer.alloc(32)) } }, 13],
])('%s is refused on a standalone server', async (_, fields, code) => {
  const db = server.newDb();
  await server.admin.db(db).command({ createUser: 'ann', pwd: 'pw', roles: ['readWrite'] });
  const wire = await server.wire();
  await login(wire, { user: 'ann', password: 'pw', db });
  const reply = await wire.command({ insert: 'c', documents: [{}], ...fields, $db: db });
  expect(reply).toMatchObject({ ok: 0, code: server.embedded ? code : expect.any(Number) });
});

test('case 2.66 listDatabases is filtered for who may not list all, and refused if they insist', async () => {
  const db = server.newDb();
  await server.admin.db(db).command({ createUser: 'ann', pwd: 'pw', roles: ['readWrite'] });
  await server.admin.db(db).collection('c').insertOne({});
  const ann = await server.connectAs('ann', 'pw', db);
  const list = (more: Document = {}) => ann.db('admin').command({ listDatabases: 1, nameOnly: true, ...more });
  expect((await list()).databases).toEqual([{ name: db }]);
  await expect(list({ authorizedDatabases: false })).rejects.toMatchObject({ code: 13 });
});
