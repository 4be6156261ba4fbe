import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { openClient } from '../../local/genuine/first-user';
import { findFreePort, isFree } from '../../local/genuine/free-port';
import { readVersion } from '../../local/genuine/read-version';
import { findBinary } from '../support/genuine/find-binary';
import { startGenuine } from '../support/genuine/start-genuine';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** `npm start` on a genuine server of its own. */
function start(env: Record<string, string> = {}) {
  const anyPort = { PORT: '0', MAIL_PORT: '0', DYNAMODB_PORT: '0', SECRETS_PORT: '0', MONGODB_PORT: '0' };
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...anyPort, MONGOD: findBinary(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return { child, exit: once(child, 'exit'), errors: text(child.stderr) };
}

async function hostOf({ child }: ReturnType<typeof start>): Promise<string> {
  let seen = '';
  for await (const chunk of child.stdout ?? []) {
    seen += chunk;
    if (seen.includes('Ctrl-C ends it.')) break;
  }
  return /MongoDB +(localhost:\d+)/.exec(seen)?.[1] ?? `none in: ${seen}`;
}

async function asAdmin(host: string, command: Record<string, unknown>) {
  const client = openClient(`mongodb://mongoadmin:mongoadminpass@${host}/?directConnection=true`);
  try {
    return await client.db('demo').command(command);
  } finally {
    await client.close();
  }
}

test('MONGOD starts that server with the admin, and Ctrl-C ends it', async () => {
  const service = start();
  const host = await hostOf(service);
  expect((await asAdmin(host, { buildInfo: 1 })).version).toBe(readVersion(findBinary()));
  service.child.kill('SIGINT');
  expect([await service.exit, await service.errors]).toEqual([[0, null], '']);
  expect(await isFree(Number(host.split(':')[1]))).toBe(true);
});

test('with DATA_DIR what is in the server outlives a restart', async () => {
  const env = { DATA_DIR: folder.path('data'), MONGODB_PORT: String(await findFreePort()) };
  const first = start(env);
  await asAdmin(await hostOf(first), { insert: 'notes', documents: [{ a: 1 }] });
  first.child.kill('SIGTERM');
  await first.exit;
  const second = start(env);
  expect(await asAdmin(await hostOf(second), { count: 'notes' })).toMatchObject({ n: 1 });
  second.child.kill('SIGTERM');
  expect([await second.exit, await second.errors]).toEqual([[0, null], '']);
});

test('a port that is taken is one line that names its variable', async () => {
  const other = await startGenuine();
  const { exit, errors } = start({ MONGODB_PORT: String(other.port) });
  const words = `MONGODB_PORT: port ${other.port} is taken. Free it, or set MONGODB_PORT to another port.\n`;
  expect([await errors, (await exit)[0]]).toEqual([words, 1]);
  await other.close();
});
