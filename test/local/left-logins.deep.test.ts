import { mkdtempSync, readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { type RunningMongod, startMongod } from 'embedded-mongod';
import { MongoClient } from 'mongodb';
import { tellOfLeft } from '../../local/left-logins';
import { loginFrom, portsIn, run, tokenFrom, until } from './run-start';

const admin = { username: 'root', password: 'given' };
let server: RunningMongod;
let place: string;
beforeEach(async () => {
  server = await startMongod({ admin });
  place = realpathSync(mkdtempSync(join(tmpdir(), 'left-')));
});
afterEach(async () => {
  await server.close();
  rmSync(place, { recursive: true });
});

const given = ({ port }: RunningMongod) => ({ MONGODB_URI: `mongodb://root:given@localhost:${port}/` });
const begin = (env: Record<string, string>) => run('local/start.ts', env, place);
const folder = () => join(place, '.mongogrant');

/** The code with which a login is refused; none where it works. */
async function refusal(uri: string): Promise<unknown> {
  const client = new MongoClient(uri);
  try {
    await client.db().command({ ping: 1 });
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  } finally {
    await client.close();
  }
}

async function untilRefused(uri: string): Promise<unknown> {
  const startedAt = Date.now();
  for (;;) {
    const code = await refusal(uri);
    if (code !== undefined || Date.now() - startedAt > 15_000) return code;
    await pause(50);
  }
}

test('a login on a server that was given is known after Ctrl-C, which says that it lives on, and ended when it is due', async () => {
  const first = begin(given(server));
  const said = text(first.child.stdout);
  const printed = await until(first.child, 'Ctrl-C ends it.');
  const host = `localhost:${server.port}`;
  expect(printed).toContain(`State is kept in ${folder()}.\nLogins on ${host} outlive this service; `);
  const ports = portsIn(printed);
  const uri = await loginFrom(ports, await tokenFrom(ports), '1 s');

  const other = begin(given(server));
  expect(await other.errors).toContain(`DATA_DIR: ${folder()} is in use by process ${first.child.pid}.`);
  expect(await other.exit).toBe(1);

  first.child.kill('SIGINT');
  expect(await first.exit).toBe(0);
  expect(await said).toContain(`1 login outlives this service, on ${host}. The records are in ${folder()}: `);
  expect(statSync(folder()).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder(), 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(await refusal(uri)).toBeUndefined();

  // It was due before this start, which does not wait for the reaper's minute.
  const second = begin(given(server));
  await until(second.child, 'Ctrl-C ends it.');
  expect(await untilRefused(uri)).toBe(18);
  const saidThen = text(second.child.stdout);
  // The reaper's run, which may not be over, is waited for.
  second.child.kill('SIGINT');
  expect(await second.exit).toBe(0);
  expect(await saidThen).not.toContain('outlive');
});

test('so it is after a crash, and where another server is given then', async () => {
  const first = begin(given(server));
  const ports = portsIn(await until(first.child, 'Ctrl-C ends it.'));
  const uri = await loginFrom(ports, await tokenFrom(ports), '1 s');
  first.child.kill('SIGKILL');
  await first.exit;

  const another = await startMongod({ admin });
  const second = begin({ ...given(another), REAP_EVERY: '1 s' });
  expect(await until(second.child, 'Ctrl-C ends it.')).toContain(`MongoDB          localhost:${another.port}\n`);
  expect(await untilRefused(uri)).toBe(18);
  second.child.kill('SIGTERM');
  expect(await second.exit).toBe(0);
  await another.close();
});

test('without a server of one’s own nothing is kept', async () => {
  const service = begin({});
  const said = text(service.child.stdout);
  const printed = await until(service.child, 'Ctrl-C ends it.');
  expect(printed).toContain('State is in memory only');
  const ports = portsIn(printed);
  await loginFrom(ports, await tokenFrom(ports));
  service.child.kill('SIGINT');
  expect(await service.exit).toBe(0);
  expect(await said).not.toContain('outlive');
  expect(readdirSync(place)).toEqual([]);
});

test('a login on a host that was added to a service in memory is named, as nothing is to end it any more', () => {
  const grant = (host: string, username: string) => ({ host, username, usersDb: 'demo' });
  expect(
    tellOfLeft([grant('db.lab.org', 'ada_lab.org_read'), grant('a.lab.org', 'ada_lab.org_read_x')], undefined),
  ).toEqual([
    '2 logins outlive this service, on a.lab.org, db.lab.org, and nothing ends what is due: the records were in memory only. Drop by hand:',
    '  ada_lab.org_read in demo on db.lab.org',
    '  ada_lab.org_read_x in demo on a.lab.org',
  ]);
});
