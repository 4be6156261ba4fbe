import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { labCa } from '../../support/lab-ca';
import { runMgrant, type World } from '../../support/run-mgrant';
import { allItems, openStage, type Stage } from '../../support/stage';
import { endpoint, stageFetch } from '../../support/stage-fetch';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const mgrant = (line: string, world: World = {}) =>
  runMgrant(line.split(' '), {
    ...stageFetch(stage),
    env: { MONGOGRANT_TABLE: 'mongogrant', MONGOGRANT_BY: 'ops@lab.org' },
    settings: folder.path('settings.json'),
    ...world,
  });
const events = async () =>
  (await allItems())
    .filter(({ pk, act }) => /^audit#2/.test(String(pk)) && String(act).startsWith('host_'))
    .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1))
    .map(({ act, host, by, reason }) => [act, host, by, ...(reason ? [reason] : [])]);
const secret = () => ({ ...stage.admin, host: '127.0.0.1', port: stage.mongod.port });

test('a host is registered with a password that is typed, checked, and listed', async () => {
  const host = stage.host.replace('localhost', '127.0.0.1');
  const added = await mgrant(`hosts add ${host} --username mongoadmin`, {
    terminals: ['in', 'err'],
    answers: [stage.admin.password],
  });
  expect(added).toMatchObject({ status: 0, out: expect.stringContaining(`Registered: ${host}`) });
  expect(added.out + added.err).not.toContain(stage.admin.password);
  const checked = await mgrant(`hosts check ${host} --db fw`);
  expect(checked).toMatchObject({ status: 0, out: expect.stringMatching(/is ready: .*\n.*\n\n\+ createUser on fw\n/) });
  const listed = await mgrant('hosts');
  expect(listed.out).toContain(`${host}  registered`);
  expect(JSON.parse((await mgrant('hosts list --json')).out).hosts).toHaveLength(2);
  expect(await events()).toEqual([['host_added', host, 'ops@lab.org']]);
});

test('a secret comes from a file or from stdin, and what is wrong with it is told by name alone', async () => {
  const text = JSON.stringify(secret());
  expect(await mgrant('hosts add a.lab.org --secret x.json', { readFile: async () => text })).toMatchObject({
    status: 0,
  });
  expect(await mgrant('hosts add b.lab.org --secret -', { readInput: async () => text })).toMatchObject({ status: 0 });
  expect(await mgrant('hosts add b2.lab.org --secret x.json', { readFile: async () => `\uFEFF${text}` })).toMatchObject(
    { status: 0 },
  );
  const again = await mgrant('hosts add b.lab.org --secret -', { readInput: async () => text });
  expect(again).toMatchObject({ status: 1, out: '', err: expect.stringContaining('registered already') });
  const replaced = await mgrant('hosts add b.lab.org --secret - --replace', { readInput: async () => text });
  expect(replaced).toMatchObject({ status: 0, out: expect.stringContaining('Changed: b.lab.org') });
  for (const bad of ['{"password":"hunter22"', '"hunter22"', '{"username":"u","password":"hunter22","hots":"h"}']) {
    const { status, out, err } = await mgrant('hosts add c.lab.org --secret -', { readInput: async () => bad });
    expect([status, out]).toEqual([1, '']);
    expect(err).not.toContain('hunter22');
  }
  expect((await mgrant('hosts add c.lab.org --secret missing.json')).err).toContain('ENOENT');
  expect(await mgrant('hosts add c.lab.org --secret - --tls')).toMatchObject({ status: 2 });
});

test('the secret of a host is made under the KMS key that is named, by an option or the environment', async () => {
  const world = { readInput: async () => JSON.stringify(secret()) };
  const env = { MONGOGRANT_TABLE: 'mongogrant', MONGOGRANT_BY: 'ops@lab.org' };
  const key = 'arn:aws:kms:eu-central-1:123456789012:key/one';
  await mgrant('hosts add plain.lab.org --secret -', world);
  await mgrant(`hosts add option.lab.org --secret - --kms-key ${key}`, world);
  await mgrant('hosts add env.lab.org --secret -', { ...world, env: { ...env, MONGOGRANT_KMS_KEY: key } });
  const client = new SecretsManagerClient();
  const keyOf = async (host: string) =>
    (await client.send(new DescribeSecretCommand({ SecretId: `mongogrant/hosts/${host}` }))).KmsKeyId;
  const keys = [await keyOf('plain.lab.org'), await keyOf('option.lab.org'), await keyOf('env.lab.org')];
  client.destroy();
  expect(keys).toEqual([undefined, key, key]);
});

test('certificates come from a file, or are those of Amazon; what is wrong with them is said', async () => {
  const text = JSON.stringify(secret());
  const files: Record<string, string> = {
    'ca.pem': `\uFEFF${labCa.ca}`,
    'old.pem': labCa.expired,
    'x.pem': 'hunter2',
    'x.json': text,
  };
  const add = (line: string) => mgrant(`hosts add ${line}`, { readFile: async (path) => files[path] ?? '' });
  expect(await add('a.lab.org --secret x.json --ca ca.pem --public-uri mongodb://gate.lab.org/')).toMatchObject({
    status: 0,
    err: '',
  });
  expect(await stage.edges.secrets.host('a.lab.org')).toMatchObject({
    ca: labCa.ca,
    publicUri: 'mongodb://gate.lab.org/',
  });
  expect((await add('b.lab.org --secret x.json --ca old.pem')).err).toMatch(/has expired \(2020-01-01\)/);
  expect(await add('c.lab.org --secret x.json --ca rds')).toMatchObject({ status: 0, err: '' });
  const refused = await add('d.lab.org --secret x.json --ca x.pem');
  expect([refused.status, refused.err]).toEqual([1, expect.stringMatching(/no usable ca: it holds no certificate/)]);
  const typed = { terminals: ['in' as const, 'err' as const], answers: ['pw'], readFile: async () => labCa.ca };
  expect(await mgrant('hosts add e.lab.org --username u --ca ca.pem', typed)).toMatchObject({ status: 0 });
  expect(await stage.edges.secrets.host('e.lab.org')).toMatchObject({ ca: labCa.ca, password: 'pw' });
});

test('without a terminal nobody is asked for a password, and no option takes one', async () => {
  const { status, err } = await mgrant('hosts add c.lab.org --username u');
  expect([status, err]).toEqual([1, expect.stringContaining('--secret')]);
  const { err: unknown, status: wrong } = await mgrant('hosts add c.lab.org --password x');
  expect([wrong, unknown]).toEqual([2, expect.stringContaining("unknown option '--password'")]);
});

test('a rotation where none is set up, as with npm start, is refused in words', async () => {
  const { status, err } = await mgrant(`hosts rotate ${stage.host}`);
  expect([status, err]).toEqual([1, expect.stringMatching(/not switched on.*docs\/hosts\.md.*npm start/s)]);
});

test('removal asks, takes two calls, and is refused while logins live there', async () => {
  expect(await mgrant(`hosts remove ${stage.host}`)).toMatchObject({
    status: 1,
    err: expect.stringContaining('--yes'),
  });
  expect(await events()).toEqual([]);
  const { status, out } = await mgrant(`hosts remove ${stage.host} --yes`);
  expect([status, out]).toEqual([0, expect.stringMatching(/^Out of use: .* Run the same again after \d{4}-/)]);
  expect((await mgrant('hosts')).out).toContain('being removed');
});

test('a check of what is not there, or not usable, ends with 1', async () => {
  expect(await mgrant('hosts check nowhere.lab.org')).toMatchObject({ status: 1, err: '' });
  const wrong = JSON.stringify({ ...secret(), password: 'wrong' });
  await mgrant('hosts add a.lab.org --secret -', { readInput: async () => wrong });
  const report = await mgrant('hosts check a.lab.org --json');
  expect([report.status, JSON.parse(report.out)]).toEqual([1, expect.objectContaining({ reason: 'login_refused' })]);
});

test('who acts is named, or is who the token says; without either nothing is done', async () => {
  const rotate = `hosts rotate ${stage.host}`;
  const env = { MONGOGRANT_TABLE: 'mongogrant' };
  expect(await mgrant(rotate, { env })).toMatchObject({
    status: 2,
    err: expect.stringContaining('--by: say who you are'),
  });
  expect(await mgrant(`${rotate} --by somebody`, { env })).toMatchObject({ status: 2 });
  expect(await events()).toEqual([]);
  const token = await stage.tokenFor('admin@example.com');
  await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => token });
  await mgrant(rotate, { env });
  await mgrant(`${rotate} --by Ada@lab.org`, { env });
  const who = (await events()).map(([, , by]) => by);
  expect(who).toEqual([...Array(2).fill('admin@example.com'), ...Array(2).fill('ada@lab.org')]);
});

test('without a table it says where its name comes from', async () => {
  const { status, err } = await mgrant('hosts list', { env: {} });
  expect([status, err]).toEqual([1, expect.stringContaining('MONGOGRANT_TABLE')]);
  expect((await mgrant('hosts list --table other')).status).toBe(0);
});
