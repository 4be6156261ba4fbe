import { mgrantStage } from '../../support/mgrant-stage';
import { later, type Stage } from '../../support/stage';
import { endpoint, newestLink } from '../../support/stage-fetch';

const on = mgrantStage();
const { as, loggedIn, admin, folder } = on;
let stage: Stage;
beforeEach(() => {
  stage = on.stage;
});

test('init asks for a link, and settoken keeps the token that it showed', async () => {
  await admin();
  const mgrant = as('you');
  const asked = await mgrant(`init you@example.com --endpoint ${endpoint}`);
  expect(asked).toMatchObject({ status: 0, out: expect.stringContaining('mgrant settoken') });
  const { token } = (await stage.ask('POST', newestLink(stage).replace(endpoint, ''))).json;
  const kept = await mgrant('settoken', { readInput: async () => String(token) });
  expect(kept).toMatchObject({ status: 0, out: expect.stringContaining('You are you@example.com') });
  expect((await mgrant('whoami')).out).toContain('demo*');
});

test('a token that the service does not know is not kept', async () => {
  const mgrant = as('you');
  const { status, out, err } = await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => 'nonsense' });
  expect({ status, out }).toEqual({ status: 1, out: '' });
  expect(err).not.toContain('nonsense');
  expect((await mgrant('whoami --json')).err).toContain('token_missing');
});

test('a password is shown only with --format', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const json = await mgrant(`db ${stage.host} demo --role rw --format json`);
  const { username, password } = JSON.parse(json.out);
  await stage.login(username, password, 'demo');
  const bySpec = await mgrant(`db rw:${stage.host}/demo --format json`);
  expect(JSON.parse(bySpec.out)).toMatchObject({ username, password });
  const others = [
    await mgrant(`db ${stage.host} demo --role rw`),
    await mgrant(`db ${stage.host} demo --role rw --json`),
    await mgrant('grants'),
    await mgrant('grants --json'),
    await mgrant('whoami --json'),
  ];
  for (const { status, out, err } of others) {
    expect(status).toBe(0);
    expect(out + err).not.toContain(password);
  }
  expect(json.err).not.toContain(password);
  expect(others[0]?.out).toContain(`the user ${username}`);
});

test('whoami tells an admin without rules how to write one, and a ruler their scope', async () => {
  const mgrant = await loggedIn('admin', 'admin@example.com');
  expect((await mgrant('whoami')).out).toContain('Write one: mgrant allow admin@example.com rw:HOST/DB');
  await mgrant('rulers set lead@example.com --hosts all --dbs fw_,test_ --emails @lab.org --which allow');
  const { out } = await (await loggedIn('lead', 'lead@example.com'))('whoami');
  expect(out).toContain('Your scope: hosts all; beginnings of databases fw_, test_; emails @lab.org; rules allow.');
  expect(out).toContain('Ask your admin.');
});

test('an end that could not be set names the command that sets it', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const get = () => mgrant(`db ${stage.host} demo --role rw --label job --ttl 1h`);
  expect((await get()).err).toBe('');
  later(stage, 5);
  expect((await get()).err).toContain(`mgrant renew ${stage.host} demo --role readWrite --label job --ttl`);
});

test('renew finds the only login that is held, and asks which of several', async () => {
  const owner = await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  await owner(`allow admin@example.com rw:${stage.host}/demo`);
  await owner(`db ${stage.host} demo --role ro`);
  const renew = (more = '') => mgrant(`renew ${stage.host} demo${more}`);
  expect(await renew()).toMatchObject({ status: 1, err: expect.stringContaining(`mgrant db ${stage.host} demo`) });
  await mgrant(`db ${stage.host} demo --role rw --label job`);
  await mgrant(`db ${stage.host} demo_2`);
  expect(await renew()).toMatchObject({ status: 0, out: expect.stringMatching(/readWrite .* job /) });
  await mgrant(`db ${stage.host} demo`);
  const several = await renew();
  expect(several).toMatchObject({ status: 2, out: '' });
  expect(several.err).toMatch(/You hold 2 logins .*\n( {2}--role (read --label ''|readWrite --label job)\n){2}/);
  for (const more of [' --role ro', ' --label job', ' --role rw --label job'])
    expect((await renew(more)).status).toBe(0);
  expect((await renew(' --label other')).err).toContain('under the label other');
});

test('a login past its end is shown as ending, and not renewed', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  await mgrant(`db ${stage.host} demo --ttl 1m`);
  expect((await mgrant('grants')).out).toContain('active');
  later(stage, 76);
  expect((await mgrant('grants')).out).toMatch(/seconds ago +ending\n/);
  expect(await mgrant('renew --all')).toMatchObject({ status: 0, out: 'There are none.\n' });
});

test('what is not allowed is refused with status 1, and what can not be meant with 2', async () => {
  const mgrant = await loggedIn('you', 'admin@example.com');
  expect(await mgrant(`db ${stage.host} demo`)).toMatchObject({
    status: 1,
    out: '',
    err: expect.stringMatching(/^error: /),
  });
  const before = stage.outside.calls.length;
  for (const line of [
    `db ${stage.host} admin`,
    `db ${stage.host} demo --role owner`,
    `db ${stage.host} demo --ttl soon`,
    `db ${stage.host} demo --format xml`,
    `db ${stage.host} demo --format atomate`,
    'db ho!st demo',
    'db host',
    'db rw:host/demo*',
    'db rw:host/demo --role rw',
    'login you',
    'renew',
    'renew here',
    'renew --all here demo',
    'renew --all --label job',
    'renew --all --role rw',
    'revoke',
    'revoke --all --email *',
    'revoke here --tokens',
    'allow you@example.com demo',
    'allow you@example.com rw:h',
    'allow you@example.com rw:h/db --expires tomorrow',
    'deny you@example.com rw:h/db --max-ttl 7d',
    'rules remove you@example.com rw:h/db',
    'rulers set lead@lab.org --hosts all --dbs * --emails all',
    'audit --from yesterday',
    'audit --limit 0',
    'completion tcsh',
  ])
    expect({ line, ...(await mgrant(line)) }).toMatchObject({ line, status: 2, out: '' });
  // Nothing of it reached the service.
  expect(stage.outside.calls.length).toBe(before);
});

test('a rule that takes a login is set only after a yes', async () => {
  const mgrant = await admin();
  const you = await loggedIn('you', 'you@example.com');
  await you(`db ${stage.host} demo --role rw`);
  const deny = `deny you@example.com ro:${stage.host}/demo`;
  const rules = async () => JSON.parse((await mgrant('rules --json')).out).rules.length;
  expect(await mgrant(`${deny} --dry-run`)).toMatchObject({ status: 0, out: expect.stringContaining('1 would end') });
  expect(await mgrant(deny)).toMatchObject({ status: 1, out: '', err: expect.stringContaining('--yes') });
  const terminals = ['in', 'err'] as const;
  expect(await mgrant(deny, { terminals: [...terminals], answers: ['n'] })).toMatchObject({ status: 1, out: '' });
  expect(await mgrant(deny, { terminals: [...terminals], answers: [''] })).toMatchObject({ status: 1, out: '' });
  expect(await rules()).toBe(1);
  const said = await mgrant(deny, { terminals: [...terminals], answers: ['y'] });
  expect(said).toMatchObject({ status: 0, out: expect.stringContaining('Set: deny') });
  expect(said.err).toContain('ends: you@example.com readWrite');
  expect(await rules()).toBe(2);
  expect(await mgrant(`rules remove you@example.com ro:${stage.host}/demo --which deny`)).toMatchObject({ status: 0 });
  expect(await rules()).toBe(1);
});

test('more than one login ends only after a yes; one ends at once', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  for (const more of ['', ' --label laptop', ' --label job']) await mgrant(`db ${stage.host} demo --role rw${more}`);
  const live = async () => JSON.parse((await mgrant('grants --json')).out).grants.length;
  expect(await mgrant('revoke --all')).toMatchObject({ status: 1, out: '', err: expect.stringContaining('--yes') });
  expect(await live()).toBe(3);
  const both = await mgrant(`revoke ${stage.host} --all`);
  expect(both).toMatchObject({ status: 2, err: expect.stringContaining('not both') });
  expect(await mgrant(`revoke ${stage.host} demo --label job`)).toMatchObject({ status: 0, err: '' });
  expect(await live()).toBe(2);
  expect(await mgrant('revoke --all --yes')).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^Ended: .*\nEnded: /),
  });
  expect(await live()).toBe(0);
});

test('names of people’s own for hosts and databases are looked up', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const { Client } = await import('../../../client/index');
  const client = new Client({ settings: folder.path('you.json') });
  await client.setAlias('here', stage.host);
  await client.setAlias('mine', 'demo_mine', 'db');
  const { out } = await mgrant('db here mine --role rw --json');
  expect(JSON.parse(out)).toMatchObject({ host: stage.host, db: 'demo_mine' });
  expect(JSON.parse((await mgrant('grants --host here --db mine --json')).out).grants).toHaveLength(1);
  expect(await mgrant('renew here mine --role rw')).toMatchObject({ status: 0 });
  expect(await mgrant('revoke here mine')).toMatchObject({ status: 0, out: expect.stringContaining('Ended') });
});

test('logout forgets the token here; everywhere, it ends it', async () => {
  const mgrant = await loggedIn('one', 'admin@example.com');
  later(stage, 61);
  const other = await loggedIn('two', 'admin@example.com');
  expect(await mgrant('logout')).toMatchObject({ status: 0 });
  expect((await mgrant('whoami --json')).err).toContain('token_missing');
  expect(await other('whoami')).toMatchObject({ status: 0 });
  expect(await other('logout --everywhere')).toMatchObject({ status: 0, out: expect.stringContaining('2') });
});

test('a life that is cut is told; one without a unit is wrong usage', async () => {
  await admin();
  const mgrant = await loggedIn('you', 'you@example.com');
  const cut = /You asked for 200 d, and got less/;
  expect((await mgrant(['db', stage.host, 'demo', '--ttl', '200 d'])).err).toMatch(cut);
  expect((await mgrant(['renew', stage.host, 'demo', '--ttl', '200 d'])).err).toMatch(cut);
  expect((await mgrant(['renew', stage.host, 'demo', '--ttl', '20 d'])).err).toBe('');
  const { status, err } = await mgrant(['renew', stage.host, 'demo', '--ttl', '12']);
  expect({ status, err }).toEqual({ status: 2, err: expect.stringContaining('"15 m", "0.5 h" or "30 d"') });
});
