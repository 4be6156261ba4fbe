import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MongoClient } from 'mongodb';
import { isFree } from '../../local/genuine/free-port';
import { loginFrom, portsIn, run, runCommand, tokenFrom, until } from './run-start';

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

test.each(['SIGINT', 'SIGTERM'] as const)('it serves until %s, then every port is free', async (signal) => {
  const { child, exit, errors } = run('local/start.ts');
  const printed = await until(child, 'Ctrl-C ends it.');
  const ports = Object.values(portsIn(printed)).map(Number);
  expect(ports).toHaveLength(5);
  for (const port of ports) expect(await connects(port)).toBe(true);
  child.kill(signal);
  expect(await exit).toBe(0);
  for (const port of ports) expect(await connects(port)).toBe(false);
  expect(await errors).toBe('');
});

test.each(['0', '27017'])('with MONGODB_PORT=%s the walk-through works as it is pasted', async (port) => {
  // MongoDB's own port belongs to a server of whoever works here, where there is one.
  const MONGODB_PORT = (await isFree(Number(port))) ? port : '0';
  const { child, exit } = run('local/start.ts', { MONGODB_PORT });
  const printed = await until(child, 'Ctrl-C ends it.');
  const lines = printed.split('\n');
  const from = lines.findIndex((line) => line.startsWith('# 1.'));
  const script = lines.slice(from, lines.indexOf('Ctrl-C ends it.')).join('\n');
  expect(script).toContain('\nmongosh "$URI"');
  // mongosh need not be installed here: the address is what counts.
  const pasted = runCommand('bash', ['-c', script.replace(/^mongosh .*$/m, 'echo "mongosh $URI"')]);
  const output = await text(pasted.child.stdout ?? []);
  expect([await pasted.exit, await pasted.errors]).toEqual([0, '']);
  expect(output).toContain('"msg":');
  expect(output).toContain('"email":"you@example.com"');
  expect(output).toMatch(
    /^mongosh mongodb:\/\/you_example\.com_readWrite:[A-Za-z0-9]{32}@localhost(:\d+)?\/demo\?authSource=demo$/m,
  );
  expect(output).toMatch(/\{"revoked":\[\{.*"username":"you_example\.com_readWrite".*\}\],"pending":\[\]\}/);
  child.kill('SIGTERM');
  await exit;
});

test('with DATA_DIR a token, a grant and its login outlive a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  const first = run('local/start.ts', { DATA_DIR: folder });
  const ports = portsIn(await until(first.child, 'Ctrl-C ends it.'));
  const token = await tokenFrom(ports);
  const uri = await loginFrom(ports, token);
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);

  const second = run('local/start.ts', { DATA_DIR: folder, ...ports });
  const printed = await until(second.child, 'Ctrl-C ends it.');
  expect(printed).toContain(`State is kept in ${folder}.`);
  expect(portsIn(printed)).toEqual(ports);
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  const list = await fetch(`http://localhost:${ports.PORT}/grants`, { headers });
  expect(await list.json()).toMatchObject({ grants: [{ username: 'you_example.com_readWrite', state: 'active' }] });
  const client = new MongoClient(uri);
  expect(await client.db('demo').command({ ping: 1 })).toMatchObject({ ok: 1 });
  await client.close();
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
  rmSync(folder, { recursive: true });
});

test('a taken port is one line that names the variable, and exit status 1', async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, '127.0.0.1', () => resolve((other.address() as AddressInfo).port));
  });
  const { exit, errors } = run('local/start.ts', { SECRETS_PORT: String(port) });
  expect(await errors).toBe(`SECRETS_PORT: port ${port} is taken. Free it, or set SECRETS_PORT to another port.\n`);
  expect(await exit).toBe(1);
  await new Promise((resolve) => other.close(resolve));
});

test.each([
  [{ PORT: 'http' }, 'PORT must be a port from 0 to 65535, not "http"'],
  [{ MAIL_PORT: '65536' }, 'MAIL_PORT must be a port from 0 to 65535, not "65536"'],
  [{ REAP_EVERY: 'often' }, 'REAP_EVERY must be a duration such as "15 m", "0.5 h" or "30 d"'],
  [{ REAP_EVERY: '0 s' }, 'REAP_EVERY must be at least 1 s'],
  [{ MONGOGRANT_SETTINGS: '{"linkTtl":' }, 'MONGOGRANT_SETTINGS is not valid JSON'],
  [{ MONGOGRANT_SETTINGS: '["x"]' }, 'MONGOGRANT_SETTINGS must be a JSON object'],
  [
    { MONGOGRANT_SETTINGS: '{"tokenTtl":"long"}' },
    'MONGOGRANT_SETTINGS: tokenTtl must be a duration such as "15 m", "0.5 h" or "30 d"',
  ],
  [
    { MONGODB_URI: 'mongodb://localhost/' },
    'MONGODB_URI must hold an admin login, as in mongodb://admin:password@host:27017/',
  ],
  [{ MONGOD: '/nowhere/mongod' }, "MONGOD: /nowhere/mongod can't run: ENOENT"],
  [{ MONGOD: '/bin/false' }, "MONGOD: /bin/false can't run: it ended with status 1"],
  [
    { MONGOD: '/bin/false', MONGODB_URI: 'mongodb://admin:password@localhost/' },
    'MONGODB_URI names a server that runs, MONGOD one to be started: set one of them',
  ],
])('%j is one line that says what is wrong', async (env, line) => {
  const { exit, errors } = run('local/start.ts', env);
  expect(await errors).toBe(`${line}\n`);
  expect(await exit).toBe(1);
});

test('the demo exits 0 after the whole story', async () => {
  const { child, exit, errors } = run('local/demo.ts');
  const output = await text(child.stdout ?? []);
  expect([await exit, await errors]).toEqual([0, '']);
  expect(output.match(/^# \d\./gm)).toHaveLength(6);
  expect(output).toMatch(/\nEvery step happened, in \d+\.\d s\.\n$/);
});
