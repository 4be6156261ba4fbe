import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { builtMgrant } from '../../support/built-mgrant';
import { clientStage } from '../../support/client-stage';
import { type ServedStage, serveStage } from '../../support/serve-stage';

const on = clientStage();
let mgrant: Awaited<ReturnType<typeof builtMgrant>>;
let service: ServedStage;
let before: (request: string) => Promise<void>;

beforeAll(async () => {
  mgrant = await builtMgrant();
}, 60_000);
afterAll(() => mgrant.close());

beforeEach(async () => {
  before = async () => {};
  // The processes have clocks of their own.
  on.stage.clock.now = new Date();
  await on.rule({ maxTtl: '30 d' });
  service = await serveStage(on.stage, (request) => before(request));
  const { token } = (await (await on.member()).remotes())[0] ?? { token: '' };
  await on.clientOf({ settings: on.folder.path('.mongogrant.json') }).setRemote(service.endpoint, token);
});
afterEach(() => service.close());

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** `mgrant exec ... -- node -e program`, in a process group of its own and without a terminal. */
function exec(program: string, input = '') {
  const args = ['exec', on.spec(), '--', process.execPath, '-e', program];
  const env = { PATH: process.env.PATH, HOME: on.folder.path('.') };
  const child = spawn(mgrant.binary, args, { env, detached: true, stdio: 'pipe' });
  children.push(child);
  child.stdin.end(input);
  const closed = new Promise<number | null>((end) => child.once('close', end));
  const said = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  const out = text(child.stdout);
  const err = text(child.stderr);
  return { pid: child.pid ?? 0, said, done: Promise.all([closed, out, err]) };
}

const states = async () => (await on.clientOf({}, 'you').grants({})).map(({ state, label }) => [label, state]);
const ended = [[expect.stringMatching(/^exec-[a-z0-9]{8}$/), 'ended']];
const waits = "console.log('here'); setInterval(() => {}, 1000);";

test('stdin, stdout and the exit status are those of the command, and no file keeps its login', async () => {
  const program = `
    process.stdin.on('data', (data) => process.stdout.write(process.env.MONGODB_URI + ' ' + data));
    process.stdin.on('end', () => process.exit(9));`;
  const [status, out, err] = await exec(program, 'hello').done;
  expect([status, err]).toEqual([9, '']);
  const [uri = '', word] = out.split(' ');
  expect(word).toBe('hello');
  const { username, password } = new URL(uri);
  expect(await states()).toEqual(ended);
  await expect(on.stage.login(username, password, 'demo')).rejects.toThrow();
  expect(await readFile(on.folder.path('.mongogrant.json'), 'utf8')).not.toContain(password);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const)('%s to mgrant alone ends the command, then the login', async (signal, status) => {
  const { pid, said, done } = exec(waits);
  await said;
  process.kill(pid, signal);
  expect(await done).toEqual([status, 'here\n', '']);
  expect(await states()).toEqual(ended);
});

test('a command that goes on after Ctrl-C keeps its login until it ends', async () => {
  const program = `
    process.on('SIGINT', () => setTimeout(() => process.exit(3), 300));
    console.log('here'); setInterval(() => {}, 1000);`;
  const { pid, said, done } = exec(program);
  await said;
  process.kill(-pid, 'SIGINT');
  expect((await done)[0]).toBe(3);
  expect(await states()).toEqual(ended);
});

test('Ctrl-C again and again, to the whole group, does not keep mgrant from ending the login', async () => {
  const { pid, said, done } = exec(waits);
  await said;
  before = async (request) => {
    if (request.startsWith('DELETE')) process.kill(-pid, 'SIGINT');
  };
  process.kill(-pid, 'SIGINT');
  expect(await done).toEqual([130, 'here\n', '']);
  expect(await states()).toEqual(ended);
});

test('Ctrl-C in a terminal reaches the command once', async () => {
  // mgrant hears of it only after the command has: a signal that is still waiting would swallow the second one.
  const program = `
    let count = 0;
    process.kill(process.ppid, 'SIGSTOP');
    process.on('SIGINT', () => {
      count += 1;
      process.kill(process.ppid, 'SIGCONT');
      setTimeout(() => { console.log('count ' + count); process.exit(); }, 500);
    });
    setInterval(() => {}, 1000);
    console.log('here');`;
  const file = on.folder.path('count.js');
  await writeFile(file, program);
  const args = ['exec', on.spec(), '--', process.execPath, file];
  const ran = await mgrant.runOnTerminal(on.folder.path('.'), args, [['here', '\u0003']]);
  expect(ran.out).toContain('count 1');
  expect(await states()).toEqual(ended);
});

test('if the service is gone, the status is still that of the command, and what is left is told', async () => {
  const { said, done } = exec("console.log('here'); process.stdin.resume(); setTimeout(() => process.exit(4), 500);");
  await said;
  service.close();
  const [status, , err] = await done;
  expect([status, err]).toEqual([4, expect.stringContaining('may still be alive: ')]);
  expect(err).toMatch(/It ends by itself at \d{4}-/);
}, 60_000);

test('a service that hangs at the end is waited for a bounded time', async () => {
  before = (request) => (request.startsWith('DELETE') ? new Promise(() => {}) : Promise.resolve());
  const [status, , err] = await exec('process.exit(5)').done;
  expect([status, err]).toEqual([5, expect.stringContaining('no answer in 20 s.')]);
}, 60_000);

test('a killed mgrant leaves a login that ends within an hour', async () => {
  const { pid, said, done } = exec(waits);
  await said;
  process.kill(-pid, 'SIGKILL');
  await done;
  const [grant] = await on.clientOf({}, 'you').grants({});
  expect(Date.parse(grant?.expires ?? '') - on.stage.clock.now.getTime()).toBeLessThanOrEqual(3_600_000);
});

test('a command that is not there, or is no program, ends as in a shell', async () => {
  const file = on.folder.path('plain.txt');
  await writeFile(file, 'no program');
  await chmod(file, 0o644);
  const home = on.folder.path('.');
  expect((await mgrant.run(home, ['exec', on.spec(), '--', 'no-such-command'])).status).toBe(127);
  expect((await mgrant.run(home, ['exec', on.spec(), '--', file])).status).toBe(126);
  expect((await states()).map(([, state]) => state)).toEqual(['ended', 'ended']);
});
