import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MongoClient } from 'mongodb';
import * as v from 'valibot';

const anyPort = { PORT: '0', MAIL_PORT: '0', DYNAMODB_PORT: '0', SECRETS_PORT: '0', MONGODB_PORT: '0' };
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

function run(file: string, env: Record<string, string> = {}, program = process.execPath) {
  const args = program === process.execPath ? ['--import', 'tsx', file] : ['-c', file];
  const child = spawn(program, args, {
    env: { ...clean(process.env), ...anyPort, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.on('exit', (code, signal) => resolve(code ?? signal)),
  );
  return { child, exit, errors: text(child.stderr) };
}

/** The test runner's own variables stay out. */
const clean = (env: NodeJS.ProcessEnv) => ({ PATH: env.PATH, HOME: env.HOME });

/** What is printed until a line holds these words. */
function until(child: ChildProcess, words: string): Promise<string> {
  let seen = '';
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(words)) resolve(seen);
    });
    child.on('exit', () => reject(new Error(`It ended after: ${seen}`)));
  });
}

const connects = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

test.each(['SIGINT', 'SIGTERM'] as const)('it serves until %s, then every port is free', async (signal) => {
  const startedAt = Date.now();
  const { child, exit, errors } = run('local/start.ts');
  const printed = await until(child, 'Ctrl-C ends it.');
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  const ports = Object.values(portsIn(printed)).map(Number);
  expect(ports).toHaveLength(5);
  for (const port of ports) expect(await connects(port)).toBe(true);
  child.kill(signal);
  expect(await exit).toBe(0);
  for (const port of ports) expect(await connects(port)).toBe(false);
  expect(await errors).toBe('');
});

test('the walk-through works when it is pasted into a shell', async () => {
  const { child, exit } = run('local/start.ts');
  const printed = await until(child, 'Ctrl-C ends it.');
  const lines = printed.split('\n');
  const from = lines.findIndex((line) => line.startsWith('# 1.'));
  const script = lines.slice(from, lines.indexOf('Ctrl-C ends it.')).join('\n');
  expect(script).toContain('\nmongosh "$URI"');
  // mongosh need not be installed here: the address is what counts.
  const pasted = run(script.replace(/^mongosh .*$/m, 'echo "mongosh $URI"'), {}, 'bash');
  const output = await text(pasted.child.stdout ?? []);
  expect([await pasted.exit, await pasted.errors]).toEqual([0, '']);
  expect(output).toContain('"msg":');
  expect(output).toContain('"email":"you@example.com"');
  expect(output).toMatch(
    /^mongosh mongodb:\/\/you_example\.com_readWrite:[A-Za-z0-9]{32}@localhost:\d+\/demo\?authSource=demo$/m,
  );
  expect(output).toMatch(/\{"revoked":\[\{.*"username":"you_example\.com_readWrite".*\}\],"pending":\[\]\}/);
  child.kill('SIGTERM');
  await exit;
});

/** The addresses that are printed, under the names of their variables. */
function portsIn(printed: string): Record<string, string> {
  const ports = [...(printed.split('State is kept')[0]?.matchAll(/^ {2}\S.*localhost:(\d+)$/gm) ?? [])].map(
    ([, port]) => port ?? '',
  );
  return Object.fromEntries(Object.keys(anyPort).map((name, index) => [name, ports[index] ?? '']));
}

test('with DATA_DIR a token, a grant and its login outlive a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  const first = run('local/start.ts', { DATA_DIR: folder });
  const ports = portsIn(await until(first.child, 'Ctrl-C ends it.'));
  const api = `http://localhost:${ports.PORT}`;
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });
  await fetch(`${api}/links`, form({ email: 'you@example.com' }));
  const mails = await (await fetch(`http://localhost:${ports.MAIL_PORT}/store`)).text();
  const [link = ''] = /http:\/\/localhost:\d+\/links\/[\w.-]+/.exec(mails) ?? [];
  const { token } = v.parse(v.object({ token: v.string() }), await (await fetch(link, { method: 'POST' })).json());
  const headers = { authorization: `Bearer ${token}` };
  const granted = await fetch(`${api}/grants`, {
    ...form({ host: `localhost:${ports.MONGODB_PORT}`, db: 'demo', role: 'readWrite' }),
    headers,
  });
  const { uri } = v.parse(v.object({ uri: v.string() }), await granted.json());
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);

  const second = run('local/start.ts', { DATA_DIR: folder, ...ports });
  const printed = await until(second.child, 'Ctrl-C ends it.');
  expect(printed).toContain(`State is kept in ${folder}.`);
  expect(portsIn(printed)).toEqual(ports);
  const list = await fetch(`${api}/grants`, { headers: { ...headers, connection: 'close' } });
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
  expect(output).toMatch(/\nAll 18 steps happened, in \d+\.\d s\.\n$/);
});
