import { BSON } from 'mongodb';
import { ScramClient } from './support/scram-client';
import { useMongod } from './support/use-mongod';

const server = useMongod();

async function newUser(mechanisms?: string[]): Promise<string> {
  const db = server.newDb();
  await server.admin
    .db(db)
    .command({ createUser: 'ann', pwd: 'right', roles: ['read'], ...(mechanisms && { mechanisms }) });
  return db;
}

describe('hello', () => {
  test('case 2.9 shows the mechanisms of a known user, and says nothing about an unknown one', async () => {
    const db = await newUser(['SCRAM-SHA-256']);
    const wire = await server.wire();
    const known = await wire.command({ hello: 1, saslSupportedMechs: `${db}.ann`, $db: 'admin' });
    expect(known.saslSupportedMechs).toEqual(['SCRAM-SHA-256']);
    const unknown = await wire.command({ hello: 1, saslSupportedMechs: `${db}.ben`, $db: 'admin' });
    expect(unknown).toMatchObject({ ok: 1 });
    expect(unknown).not.toHaveProperty('saslSupportedMechs');
  });

  test('case 2.10 leaves out a speculative login that failed', async () => {
    const db = await newUser();
    const speculate = async (user: string) => {
      const { $db, ...start } = new ScramClient({ user, password: 'right', db }).start();
      const wire = await server.wire();
      return wire.command({ hello: 1, speculativeAuthenticate: { ...start, db: $db }, $db: 'admin' });
    };
    expect(await speculate('ben')).toMatchObject({ ok: 1 });
    expect(await speculate('ben')).not.toHaveProperty('speculativeAuthenticate');
    expect((await speculate('ann')).speculativeAuthenticate).toMatchObject({ conversationId: 1, done: false });
  });
});

describe('the SASL conversation', () => {
  test('case 2.11 an unknown user fails at the start', async () => {
    const wire = await server.wire();
    const start = new ScramClient({ user: 'nobody', password: 'x', db: server.newDb() }).start();
    expect(await wire.command(start)).toMatchObject({ ok: 0, code: 18, errmsg: 'Authentication failed.' });
  });

  test('case 2.12 a wrong password fails at the proof', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'wrong', db });
    const started = await wire.command(scram.start());
    expect(started).toMatchObject({ ok: 1, conversationId: 1, done: false });
    expect(await wire.command(scram.proof(started))).toMatchObject({
      ok: 0,
      code: 18,
      errmsg: 'Authentication failed.',
    });
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 0, code: 13 });
  });

  test('case 2.13 a mechanism that the user has not fails at the start', async () => {
    const db = await newUser(['SCRAM-SHA-1']);
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db, mechanism: 'SCRAM-SHA-256' });
    expect(await wire.command(scram.start())).toMatchObject({ ok: 0, code: 18 });
  });

  test('case 2.14 can only go on after it began', async () => {
    const wire = await server.wire();
    const reply = await wire.command({ saslContinue: 1, conversationId: 1, payload: Buffer.from('x'), $db: 'admin' });
    expect(reply).toMatchObject({ ok: 0, code: 17, codeName: 'ProtocolError' });
    expect(reply.errmsg).toBe('No SASL session state found');
  });

  test('case 2.15 takes a third round unless the client skips it', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db, skipEmptyExchange: false });
    const proved = await wire.command(scram.proof(await wire.command(scram.start())));
    expect(proved).toMatchObject({ ok: 1, done: false });
    expect(scram.isServer(proved)).toBe(true);
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 0, code: 13 });
    expect(await wire.command(scram.continue(''))).toMatchObject({ ok: 1, done: true });
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 1 });
  });

  test('case 2.16 answers bytes with bytes and base64 with base64', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const start = new ScramClient({ user: 'ann', password: 'right', db }).start();
    expect((await wire.command(start)).payload).toBeInstanceOf(BSON.Binary);
    const asText = await wire.command({ ...start, payload: start.payload.toString('base64') });
    expect(Buffer.from(asText.payload, 'base64').toString()).toMatch(/^r=.+,s=.+,i=15000$/);
  });

  test('the server proves itself too, and its nonce has 24 random bytes', async () => {
    const db = await newUser();
    for (const mechanism of ['SCRAM-SHA-1', 'SCRAM-SHA-256'] as const) {
      const wire = await server.wire();
      const scram = new ScramClient({ user: 'ann', password: 'right', db, mechanism });
      const started = await wire.command(scram.start());
      const [, nonce = ''] = /^r=([^,]+),/.exec(Buffer.from(started.payload.buffer).toString()) ?? [];
      expect(nonce).toHaveLength(24 + 32);
      const done = await wire.command(scram.proof(started));
      expect(done).toMatchObject({ ok: 1, done: true });
      expect(scram.isServer(done)).toBe(true);
    }
  });

  test.each([
    'p=tls-unique,,n=ann,r=abcdefgh',
    'n,,n=ann',
    'n,,n=ann,r=abc',
    'n,,n=a=nn,r=abcdefgh',
    'n,a=ben,n=ann,r=abcdefgh',
    'n=ann,r=abcdefgh',
    '',
    '\u0000\uffff',
  ])('a malformed first message fails like a wrong password: %j', async (payload) => {
    const db = await newUser();
    const wire = await server.wire();
    const start = { saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: Buffer.from(payload), $db: db };
    expect(await wire.command(start)).toMatchObject({ ok: 0, code: 18, errmsg: 'Authentication failed.' });
  });

  test.each([
    ['another nonce', (proof: string) => proof.replace(/r=./, 'r=?')],
    ['the client nonce alone', (proof: string) => proof.replace(/(r=.{24})[^,]*/, '$1')],
    ['another binding, not signed', (proof: string) => proof.replace('c=biws', 'c=eSws')],
    ['a cut proof', (proof: string) => proof.slice(0, -8), 16],
    ['half a base64 group', (proof: string) => proof.slice(0, -1), 10270],
    ['no base64', (proof: string) => proof.replace(/,p=.*/, ',p=!!!!'), 40537],
    ['no proof', (proof: string) => proof.replace(/,p=.*/, '')],
    ['a proof of zeros', (proof: string) => proof.replace(/,p=.*/, `,p=${Buffer.alloc(32).toString('base64')}`)],
  ])('a second message with %s fails, and the conversation with it', async (_, spoil, code = 18) => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()));
    const spoilt = { ...proof, payload: Buffer.from(spoil(proof.payload.toString())) };
    expect(await wire.command(spoilt)).toMatchObject({ ok: 0, code });
    expect(await wire.command(proof)).toMatchObject({ ok: 0, code: 17 });
  });

  test.each([
    ['another nonce', (unsigned: string) => unsigned.replace(/.$/, '!')],
    ['the client nonce alone', (unsigned: string) => unsigned.replace(/(r=.{24}).*/, '$1')],
    ['no binding', (unsigned: string) => unsigned.replace('c=biws,', '')],
  ])('a proof that is right for %s fails too', async (_, change) => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()), change);
    expect(await wire.command(proof)).toMatchObject({ ok: 0, code: 18 });
  });

  test('which channel a proof is bound to is not compared', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const started = await wire.command(scram.start());
    const bound = scram.proof(started, (unsigned) => unsigned.replace('c=biws', 'c=eSws'));
    expect(await wire.command(bound)).toMatchObject({ ok: 1, done: true });
  });

  test('a proof can not be used twice', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()));
    expect(await wire.command(proof)).toMatchObject({ ok: 1, done: true });
    const other = await server.wire();
    await other.command(scram.start());
    expect(await other.command(proof)).toMatchObject({ ok: 0, code: 18 });
  });

  test('a new start throws the unfinished conversation away', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()));
    await wire.command(new ScramClient({ user: 'ann', password: 'right', db }).start());
    expect(await wire.command(proof)).toMatchObject({ ok: 0, code: 18 });
  });

  test('must keep the conversation id', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const reply = await wire.command({ ...scram.proof(await wire.command(scram.start())), conversationId: 2 });
    expect(reply).toMatchObject({ ok: 0, code: 17, errmsg: 'sasl: Mismatched conversation id' });
  });

  test('logs in where it began, whatever database it goes on with; before 5.0 it had to stay there', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()));
    const reply = await wire.command({ ...proof, $db: 'elsewhere' });
    expect(reply).toMatchObject(server.isAtLeast(5) ? { ok: 1, done: true } : { ok: 0, code: 17 });
    const { authInfo } = await wire.command({ connectionStatus: 1, $db: 'admin' });
    expect(authInfo.authenticatedUsers).toEqual(server.isAtLeast(5) ? [{ user: 'ann', db }] : []);
  });

  test('an unknown mechanism is named, before any user is looked up', async () => {
    const wire = await server.wire();
    const reply = await wire.command({ saslStart: 1, mechanism: 'MAGIC', payload: Buffer.from('x'), $db: 'admin' });
    expect(reply.ok).toBe(0);
    expect(reply.code).toBe(server.isAtLeast(5) ? 334 : 2);
    expect(reply.errmsg).toContain('MAGIC');
  });

  test('a user who is dropped between start and proof does not come in', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()));
    await server.admin.db(db).command({ dropUser: 'ann' });
    expect(await wire.command(proof)).toMatchObject({ ok: 0, code: expect.any(Number) });
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 0, code: 13 });
  });

  test('a user who is dropped and made again between start and proof comes in as who is there now', async () => {
    const db = await newUser();
    const wire = await server.wire();
    const scram = new ScramClient({ user: 'ann', password: 'right', db });
    const proof = scram.proof(await wire.command(scram.start()));
    await server.admin.db(db).command({ dropUser: 'ann' });
    await server.admin.db(db).command({ createUser: 'ann', pwd: 'other', roles: ['read'] });
    expect(await wire.command(proof)).toMatchObject({ ok: 1, done: true });
    expect(await wire.command({ find: 'c', $db: db })).toMatchObject({ ok: 1 });
    expect(await wire.command({ insert: 'c', documents: [{}], $db: db })).toMatchObject({ ok: 0, code: 13 });
  });
});
