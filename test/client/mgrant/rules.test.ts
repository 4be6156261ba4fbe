import { runMgrant, type World } from '../../support/run-mgrant';
import { openStage, registerHost, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
  const token = await stage.tokenFor('admin@example.com');
  await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => token });
});
afterEach(() => stage.close());

const mgrant = (line: string, world: World = {}) =>
  runMgrant(line.split(' '), {
    ...{ fetch: stageFetch(stage).fetch, now: () => stage.clock.now, settings: folder.path('admin.json') },
    ...world,
  });

const file = (rules: string) => ({ readFile: async () => rules });
const allowed = "rules:\n  - { email: ada@lab.org, host: '*', db: fw, role: read, which: allow }\n";
const rules = async () => JSON.parse((await mgrant('rules list --json')).out).rules;

test('plan shows what would change, and changes nothing; its exit status tells only who asks for that', async () => {
  const plan = await mgrant('rules plan rules.yaml', file(allowed));
  expect(plan).toMatchObject({ status: 0, err: '', out: expect.stringContaining('+ allow ada@lab.org read */fw') });
  expect((await mgrant('rules plan rules.yaml --detailed-exitcode', file(allowed))).status).toBe(3);
  const json = await mgrant('rules plan rules.yaml --json', file(allowed));
  expect(JSON.parse(json.out).changes).toMatchObject([{ act: 'set', of: 'rule', after: { email: 'ada@lab.org' } }]);
  expect(await rules()).toEqual([]);
});

test('apply asks first; applied twice, it changes nothing', async () => {
  expect(await mgrant('rules apply rules.yaml', file(allowed))).toMatchObject({ status: 1, out: '' });
  expect(await rules()).toEqual([]);
  const done = await mgrant('rules apply -', {
    readInput: async () => allowed,
    terminals: ['in', 'err'],
    answers: ['yes'],
  });
  expect(done).toMatchObject({ status: 0, out: 'Done: 1 of 1 changes.\n' });
  expect(done.spun).toContain('Changing: 1 of 1');
  expect(await rules()).toMatchObject([{ email: 'ada@lab.org', which: 'allow' }]);
  expect((await mgrant('rules plan rules.yaml --detailed-exitcode', file(allowed))).status).toBe(0);
  expect(await mgrant('rules apply rules.yaml', file(allowed))).toMatchObject({
    status: 0,
    out: 'Done: 0 of 0 changes.\n',
  });
});

test('a file that is not as it must be is told with its lines', async () => {
  const wrong = await mgrant('rules apply rules.yaml --yes', file('rules:\n  - { email: ada, role: reed }\n'));
  expect(wrong).toMatchObject({ status: 1, out: '', err: expect.stringContaining('rules.yaml:2: ') });
  const path = folder.path('none.yaml');
  expect(await mgrant(`rules plan ${path}`)).toMatchObject({ status: 1, err: expect.stringContaining('(ENOENT)') });
});

test('an allow says what it replaced, and whether it changed anything', async () => {
  const allow = (more = '') => mgrant(`allow Ada@lab.org rw:db.lab.org:27017/fw${more}`);
  const name = 'allow ada@lab.org readWrite db.lab.org/fw';
  expect((await allow(' --max-ttl 7d --note lab --cidr 10.0.0.0/8 --expires 2099-01-01')).out).toBe(`Set: ${name}\n`);
  const limited = 'at most 7 d, until 2099-01-01 00:00 UTC, only from 10.0.0.0/8, note "lab"';
  expect((await allow()).out).toBe(`Changed: ${name}\n  was: ${limited}\n  now: no limit\n`);
  expect((await allow()).out).toBe(`Unchanged: ${name}\n`);
  expect((await allow(' --max-ttl 1d')).out).toContain('  was: no limit\n  now: at most 1 d\n');
  expect(JSON.parse((await allow(' --json')).out)).toMatchObject({ role: 'readWrite', replaced: { maxTtl: '1 d' } });
});

test('a rule or a rules file for a host that is not registered is warned of once, and offers hosts of a like name', async () => {
  await registerHost('mongodb03.lab.org', stage.admin);
  const text =
    'No host mongodb04.lab.org is registered, so rules for it have no effect yet. Registered hosts of a like name: mongodb03.lab.org.';
  const line = `warning: ${text}\n`;
  const allow = 'allow ada@lab.org rw:mongodb04.lab.org/fw';
  expect(await mgrant(`${allow} --dry-run`)).toMatchObject({ status: 0, err: line });
  expect(await mgrant(allow)).toMatchObject({ status: 0, err: line, out: expect.stringMatching(/^Set: /) });
  expect(JSON.parse((await mgrant(`${allow} --json`)).out).warnings).toEqual([text]);
  expect((await mgrant('rules set ada@lab.org ro:mongodb04.lab.org/fw --which deny')).err).toContain(line);
  const rule = (db: string) =>
    `  - { email: ada@lab.org, host: mongodb04.lab.org, db: ${db}, role: read, which: allow }\n`;
  const rulesFile = file(`rules:\n${rule('a')}${rule('b')}`);
  const plan = JSON.parse((await mgrant('rules plan rules.yaml --json', rulesFile)).out);
  expect(plan.warnings).toEqual([text]);
  expect((await mgrant('rules apply rules.yaml --yes', rulesFile)).err).toContain(text);
  expect((await mgrant('allow ada@lab.org rw:mongodb03.lab.org/fw')).err).toBe('');
});

test('why names the rule that decides', async () => {
  await mgrant('allow *@lab.org ro:*/fw* --note everybody');
  await mgrant('deny ada@lab.org ro:*/fw');
  const why = (line: string) => mgrant(`rules why ${line}`);
  expect((await why(`ro:${stage.host}/fw_x --email ada@lab.org`)).out).toMatch(/is allowed\.[\s\S]*\*@lab\.org/);
  expect((await why(`ro:${stage.host}/fw --email ada@lab.org`)).out).toMatch(
    /is not allowed\.[\s\S]*deny +ada@lab\.org/,
  );
  expect((await why(`ro:${stage.host}/other --email ada@lab.org`)).out).toContain('No rule allows it.');
  expect((await why('ro:nowhere.lab.org/fw_x --email ada@lab.org')).out).toMatch(
    /is not allowed\.\n\nNo host of this name is registered\.[\s\S]*The rule that would give it:[\s\S]*\*@lab\.org/,
  );
  expect(JSON.parse((await why('ro:nowhere.lab.org/fw_x --email ada@lab.org --json')).out)).toMatchObject({
    allowed: false,
    host: 'unregistered',
  });
});

test.each([
  ['allow ada@lab.org localhost:3715/demo', 'SPEC: begins with ROLE:, such as rw:localhost:3715/demo'],
  ['allow ada@lab.org db.lab.org/demo', 'SPEC: begins with ROLE:, such as rw:db.lab.org/demo'],
  ['allow ada@lab.org owner:db.lab.org:27020/demo', 'SPEC: begins with ROLE:, such as rw:db.lab.org:27020/demo'],
  ['allow ada@lab.org rw:/demo', 'SPEC: "rw:/demo" is not one. Write ROLE:HOST/DB'],
  ['rules why localhost:3715/fw_x', 'SPEC: begins with ROLE:, such as rw:localhost:3715/fw_x'],
  ['rules why ro:localhost:3715/demo*', 'DB in SPEC: must be a database name'],
  ['rules why ro:db.lab.org:27017:27017/demo', 'HOST in SPEC: must be a host'],
  ['allow ada@lab.org ro:db.lab.org:27017:27017/demo', 'the rule: host: must be a host'],
  ['rules why ro:*/demo', 'HOST in SPEC: must be a host'],
])('a SPEC that is none is told by its parts: %s', async (line, words) => {
  expect(await mgrant(line)).toMatchObject({ status: 2, out: '', err: expect.stringContaining(`error: ${words}`) });
});

test('rulers are appointed, listed, and dismissed after a yes', async () => {
  const set = `rulers set lead@lab.org --hosts ${stage.host},other.lab.org --dbs fw_ --emails @lab.org`;
  expect(await mgrant(set)).toMatchObject({ status: 0, out: 'Appointed: lead@lab.org\n' });
  expect((await mgrant('rulers')).out).toContain(`${stage.host} other.lab.org`);
  expect((await mgrant('rulers set lead@lab.org --hosts all --dbs fw_*,x --emails *@lab.org')).status).toBe(0);
  expect(JSON.parse((await mgrant('rulers --json')).out).rulers).toMatchObject([
    { dbs: ['fw_', 'x'], emails: ['@lab.org'] },
  ]);
  expect(await mgrant('rulers remove lead@lab.org')).toMatchObject({ status: 1, out: '' });
  expect(JSON.parse((await mgrant('rulers --json')).out).rulers).toHaveLength(1);
  expect(await mgrant('rulers remove lead@lab.org --yes')).toMatchObject({ status: 0 });
  expect((await mgrant('rulers')).out).toBe('There are no rulers.\n');
});

test('audit lists what happened, as many as were asked for, and nothing that moves the terminal', async () => {
  await mgrant('allow ada@lab.org ro:*/fw');
  await mgrant('allow bob@lab.org ro:*/fw');
  const all = await mgrant('audit --email ada@lab.org');
  expect(all).toMatchObject({
    status: 0,
    err: '',
    out: expect.stringMatching(/rule_set +ada@lab\.org +admin@example\.com/),
  });
  const one = await mgrant('audit --limit 1');
  expect(one.out.trim().split('\n')).toHaveLength(2);
  expect(one.err).toContain('There is more');
  expect(JSON.parse((await mgrant('audit --limit 1 --json')).out).events).toHaveLength(1);
});

test('what the service says can not move the cursor or colour the terminal', async () => {
  const detail = 'red \u001b[31m\u0007 \u202e txt';
  const fetch = async () => Response.json({ code: 'not_allowed', detail, requestId: 'r' }, { status: 403 });
  const { err } = await mgrant('rules', { fetch });
  expect(err.split('\n')[0]).toBe('error: red \\u001b[31m\\u0007 \\u202e txt');
});

test('export prints a file that apply takes back, and changes nothing', async () => {
  await mgrant('allow *@lab.org ro:*/no --max-ttl 7d --note 2026_11 --cidr 10.0.0.0/8 --expires 2099-01-01');
  await mgrant('deny eve@lab.org rw:h:27020/0b11');
  await mgrant('rulers set lead@lab.org --hosts h --dbs fw_ --emails @lab.org');
  const { status, out, err } = await mgrant('rules export');
  expect({ status, err }).toEqual({ status: 0, err: '' });
  expect(await mgrant('rules plan - --detailed-exitcode', { readInput: async () => out })).toMatchObject({
    status: 0,
    out: 'Nothing to change: 3 unchanged.\n',
  });
  const json = await mgrant('rules export --json');
  expect(JSON.parse(json.out)).toMatchObject({
    rulers: [{ email: 'lead@lab.org' }],
    rules: [{ db: 'no' }, { db: '0b11' }],
  });
  expect((await mgrant('rules apply - --yes', { readInput: async () => json.out })).out).toBe(
    'Done: 0 of 0 changes.\n',
  );
});

test('a ruler exports the rules of their scope alone', async () => {
  await mgrant('allow ada@lab.org ro:h/fw_a');
  await mgrant('allow ada@lab.org ro:h/x');
  await mgrant('rulers set lead@lab.org --hosts h --dbs fw_ --emails @lab.org');
  const token = await stage.tokenFor('lead@lab.org');
  const settings = folder.path('lead.json');
  await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => token, settings });
  const { out } = await mgrant('rules export', { settings });
  expect(out).not.toMatch(/"x"|rulers/);
  expect((await mgrant('rules plan -', { settings, readInput: async () => out })).out).toContain('Nothing to change');
});

test('a rule that the service can not read is told, and the exit status is 1', async () => {
  await mgrant('allow ada@lab.org ro:h/fw_a');
  const { fetch } = stageFetch(stage, ({ url }) =>
    url.endsWith('/rules') ? Response.json({ rules: [{ unreadable: 'RULES#x' }] }) : undefined,
  );
  const ran = await mgrant('rules export', { fetch });
  expect(ran).toMatchObject({ status: 1, out: expect.stringContaining('rules: []') });
  expect(ran.err).toContain('  RULES#x');
});
