import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { RunningProgram } from '../../../client/mgrant/io';
import { runMgrant, type World } from '../../support/run-mgrant';
import { later, openStage, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let stage: Stage;
let asked: string[];
let token: string;
let began: number;

beforeEach(async () => {
  [stage, asked] = [await openStage(), []];
  await allow({});
  token = await stage.tokenFor('you@example.com');
  began = stage.clock.now.getTime();
  await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => token });
});
afterEach(() => stage.close());

async function allow(more: Record<string, unknown>): Promise<void> {
  const rule = { email: 'you@example.com', host: stage.host, db: 'demo*', role: 'readWrite', which: 'allow', ...more };
  expect(
    (await stage.ask('PUT', '/rules', { token: await stage.tokenFor('admin@example.com'), body: rule })).status,
  ).toBe(200);
}

const mgrant = (line: string | string[], world: World = {}, before?: (request: Request) => Response | undefined) =>
  runMgrant(typeof line === 'string' ? line.split(' ') : line, {
    fetch: stageFetch(stage, (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return before?.(request);
    }).fetch,
    ...{ now: () => stage.clock.now, settings: folder.path('you.json'), sleep: untilAborted, ...world },
  });

const untilAborted = (_seconds: number, signal?: AbortSignal) =>
  new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));

/** A program that runs for so many seconds of the stage's clock, or until mgrant says something that ends it; and the world in which it does. */
function running(
  seconds: number,
  act: (env: Record<string, string | undefined>) => Promise<void> = async () => {},
  last = /$^/,
) {
  const said: string[] = [];
  const started: { command: string; args: string[]; env: Record<string, string | undefined> }[] = [];
  let stop: (status: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    stop = resolve;
  });
  let over: number;
  const world: World = {
    err: (text) => {
      said.push(text);
      if (last.test(text)) stop(7);
    },
    startProgram: async (command, args, env): Promise<RunningProgram> => {
      started.push({ command, args, env });
      over = stage.clock.now.getTime() + seconds * 1000;
      await act(env);
      if (seconds === 0) stop(7);
      return { ended, pass: () => {} };
    },
    sleep: async (pause, signal) => {
      if (pause === 20) return untilAborted(pause, signal);
      if (stage.clock.now.getTime() >= over) {
        stop(7);
        await ended;
        return untilAborted(pause, signal);
      }
      later(stage, pause);
    },
  };
  return { world, started, said };
}

const listed = v.object({
  grants: v.array(v.looseObject({ expires: v.string(), state: v.string(), label: v.string() })),
});
const grants = async () => v.parse(listed, (await stage.ask('GET', '/grants', { token })).json).grants;

test('a command gets a login of its own in its environment, and the login ends with it', async () => {
  const { world, started, said } = running(0, async (env) => {
    await stage.login(env.MONGODB_USERNAME ?? '', env.MONGODB_PASSWORD ?? '', 'demo');
  });
  const env = { HOME: '/home/you', MONGODB_URI: 'mongodb://old', MONGODB_CA_FILE: '/old.pem' };
  const ran = await mgrant(`exec ${stage.host} demo --role rw -- prog --role -- x`, { ...world, env });
  expect(ran).toEqual({ status: 7, out: '', err: '', spun: [] });
  expect(said).toEqual([]);
  const [{ command, args, env: given } = { command: '', args: [], env: {} }] = started;
  expect([command, args]).toEqual(['prog', ['--role', '--', 'x']]);
  expect(given).toMatchObject({ HOME: '/home/you', MONGODB_DATABASE: 'demo' });
  expect(given.MONGODB_URI).toContain(`${given.MONGODB_USERNAME}:${given.MONGODB_PASSWORD}@`);
  expect(given).not.toHaveProperty('MONGODB_CA_FILE');
  expect(await grants()).toMatchObject([
    { role: 'readWrite', db: 'demo', label: expect.stringMatching(/^exec-[a-z0-9]{8}$/), state: 'ended' },
  ]);
  await expect(stage.login(given.MONGODB_USERNAME ?? '', given.MONGODB_PASSWORD ?? '', 'demo')).rejects.toThrow();
  const settings = await readFile(folder.path('you.json'), 'utf8');
  expect(settings).not.toContain('exec-');
  expect(JSON.parse(settings).auth).toEqual([]);
});

test('it is renewed while the command runs, lives an hour at a time and 12 h at most', async () => {
  const lives: number[] = [];
  const { world, said } = running(13 * 3_600, async () => {}, /time is up/);
  const ran = await mgrant(['exec', `ro:${stage.host}/demo`, '--', 'prog'], {
    ...world,
    sleep: async (pause, signal) => {
      for (const { expires } of await grants()) lives.push(Date.parse(expires) - stage.clock.now.getTime());
      await world.sleep?.(pause, signal);
    },
  });
  expect(ran.status).toBe(7);
  expect(said).toEqual(['The login has ended: its time is up. The command runs on without it.\n']);
  expect(Math.max(...lives)).toBe(3_600_000);
  expect(lives.filter((life) => life <= 0)).toEqual([0]);
  expect(asked.filter((one) => one === 'POST /grants/renew').length).toBeLessThan(30);
  expect(stage.clock.now.getTime() - began).toBe(12 * 3_600_000);
});

test.each([2, -2])('a machine whose clock is %i hours ahead renews as often as any other', async (hours) => {
  const { world } = running(3 * 3_600);
  const now = () => new Date(stage.clock.now.getTime() + hours * 3_600_000);
  expect((await mgrant(`exec ${stage.host} demo -- prog`, { ...world, now })).status).toBe(7);
  expect(asked.filter((one) => one === 'POST /grants/renew')).toHaveLength(6);
});

test('the rules may give less at a time, and --ttl sets the end of all', async () => {
  await allow({ maxTtl: '10 m' });
  const { world, said } = running(3_000, async () => {}, /time is up/);
  await mgrant(`exec ${stage.host} demo --ttl 30m -- prog`, world);
  expect(said).toEqual([expect.stringContaining('its time is up')]);
  expect(stage.clock.now.getTime() - began).toBe(30 * 60_000);
  const renewed = asked.filter((one) => one === 'POST /grants/renew').length;
  expect([renewed >= 4, renewed <= 8]).toEqual([true, true]);
});

test('a login that the rules take away is told, and not asked for again', async () => {
  const { world, said } = running(3 * 3_600, () => allow({ role: 'read', which: 'deny' }), /no more/);
  const ran = await mgrant(`exec ${stage.host} demo -- prog`, world);
  expect(ran.status).toBe(7);
  expect(said).toEqual([expect.stringMatching(/^The login is renewed no more\. [^\n]+\n$/)]);
  expect(asked.filter((one) => one === 'POST /grants/renew')).toHaveLength(1);
});

test('a service that does not answer is asked again each minute, and what may be alive is told', async () => {
  const { world, said } = running(3 * 3_600);
  const down = new Response('{}', { status: 500 });
  const ran = await mgrant(`exec ${stage.host} demo -- prog`, world, ({ method, url }) =>
    url.endsWith('/grants') && method === 'POST' ? undefined : down.clone(),
  );
  expect(ran.status).toBe(7);
  const err = said.join('');
  expect(err.match(/could not be renewed, and is tried again each minute/g)).toHaveLength(1);
  expect(err).toMatch(
    /The login (exec-\w{8}) for \S+\/demo may still be alive: [^\n]+\nIt ends by itself at 2026-11-24 09:00 UTC\. To end it now:\n {2}mgrant revoke \S+ demo --role read --label \1 --endpoint https:\/\/api\.example\.org\n$/,
  );
});

/** Does not wait before a request is sent again. */
const soon: World['sleep'] = async (seconds, signal) => (seconds === 20 ? untilAborted(seconds, signal) : undefined);

/** A network that loses the answers to requests for a login, and what is `cut`. */
function lossy(cut = (_what: string, _count: number) => false, code = 'ECONNRESET') {
  const { fetch } = stageFetch(stage);
  const asked: string[] = [];
  const lost: typeof fetch = async (input, init) => {
    const what = `${init?.method} ${new URL(String(input)).pathname}`;
    asked.push(what);
    const answer = cut(what, asked.length) ? undefined : await fetch(input, init);
    if (answer && what !== 'POST /grants') return answer;
    throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(code), { code }) });
  };
  return { asked, world: { fetch: lost, startProgram: async () => Promise.reject(new Error('must not start')) } };
}

test('a login whose answer was lost is ended, and nothing is started', async () => {
  const { asked, world } = lossy();
  const ran = await mgrant(`exec ${stage.host} demo -- prog`, { ...world, sleep: soon });
  expect(ran).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/^error: .*without an answer/) });
  expect(asked).toEqual(['POST /grants', 'POST /grants', 'POST /grants', 'DELETE /grants']);
  expect(await grants()).toMatchObject([{ state: 'ended', label: expect.stringMatching(/^exec-/) }]);
});

test('a login whose answer was lost, and that can not be ended, is told, with what ends it', async () => {
  const settings = folder.path('an other.json');
  await mgrant(['settoken', '--endpoint', endpoint], { settings, readInput: async () => token });
  const { world } = lossy((_, count) => count > 1);
  const ran = await mgrant(['exec', stage.host, 'demo', '--settings', settings, '--', 'prog'], {
    ...world,
    sleep: soon,
  });
  const [{ label } = {}] = await grants();
  expect(ran.err).toMatch(
    new RegExp(
      `^The login ${label} for \\S+/demo may still be alive: .*\nIt ends by itself within an hour\\. To end it now:\n`,
    ),
  );
  const line = `  mgrant revoke ${stage.host} demo --role read --label ${label} --endpoint ${endpoint} --settings '${settings}'\n`;
  expect(ran.err).toContain(line);
  expect(
    await mgrant(['revoke', stage.host, 'demo', '--role', 'read', '--label', String(label), '--settings', settings]),
  ).toMatchObject({ status: 0 });
});

test('where no request got through there is no login to speak of, but one that may be under way is told', async () => {
  const refused = lossy(() => true, 'ECONNREFUSED');
  const ran = await mgrant(`exec ${stage.host} demo -- prog`, { ...refused.world, sleep: soon });
  expect(ran).toMatchObject({ status: 1, err: expect.stringMatching(/^error: .*refuses the connection/) });
  expect(new Set(refused.asked)).toEqual(new Set(['POST /grants']));
  const { asked, world } = lossy((what) => what === 'POST /grants');
  const late = await mgrant(`exec ${stage.host} demo -- prog`, { ...world, sleep: soon });
  expect(late).toMatchObject({
    status: 1,
    err: expect.stringMatching(/may still be alive: .* does not have it yet\./),
  });
  expect(asked.at(-1)).toBe('DELETE /grants');
});

test.each([
  ['ENOENT', 127, 'prog: there is no such command.'],
  ['EACCES', 126, "prog: can't be run (EACCES)."],
])('a command that does not start (%s) ends with %i, and its login is ended', async (code, status, detail) => {
  const startProgram = async () => {
    throw Object.assign(new Error('spawn'), { code });
  };
  const ran = await mgrant(`exec ${stage.host} demo -- prog`, { startProgram });
  expect(ran).toMatchObject({ status, out: '', err: `error: ${detail}\n` });
  expect(await grants()).toMatchObject([{ state: 'ended' }]);
});

test('a signal before the command runs: nothing is started, and the login is ended', async () => {
  let signal: (name: NodeJS.Signals) => void = () => {};
  const onSignals = (act: typeof signal) => {
    signal = act;
    return () => {};
  };
  const ran = await mgrant(`exec ${stage.host} demo -- prog`, { onSignals }, (request) => {
    if (request.method === 'POST') signal('SIGTERM');
    return undefined;
  });
  expect(ran).toMatchObject({ status: 143, err: '' });
  expect(asked.slice(-2)).toEqual(['POST /grants', 'DELETE /grants']);
  expect(await grants()).toMatchObject([{ state: 'ended' }]);
});

test.each([
  ['exec h demo prog', "error: too many arguments for 'exec'"],
  ['exec h demo', 'error: COMMAND: is missing. Write it behind two dashes'],
  ['exec h demo --', 'error: COMMAND: is missing.'],
  ['exec h -- prog', 'error: DB: is missing.'],
  ['exec h demo --ttl 13h -- prog', 'error: --ttl: is 12 h at most.'],
])('%s is wrong usage, and nothing is asked', async (line, words) => {
  asked = [];
  expect(await mgrant(line)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(words) });
  expect(asked).toEqual([]);
});

test('no rule, no command', async () => {
  const ran = await mgrant(`exec ${stage.host} other -- prog`);
  expect(ran).toMatchObject({ status: 1, err: expect.stringContaining('error: ') });
});
