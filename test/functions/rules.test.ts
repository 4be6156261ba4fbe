import { allItems, later, openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  admin = await stage.tokenFor('admin@example.com');
  await put({ email: 'you@example.com' });
  you = await stage.tokenFor('you@example.com');
});
afterAll(() => stage.close());

const key = { email: 'x@lab.org', host: 'h.lab.org', db: 'fw_*', role: 'readWrite', which: 'allow' };
const put = (change: Record<string, unknown>, token = admin) =>
  stage.ask('PUT', '/rules', { token, body: { ...key, ...change } });
const remove = (change: Record<string, string> = {}, token = admin) =>
  stage.ask('DELETE', `/rules?${new URLSearchParams({ ...key, ...change })}`, { token });
const list = async (email?: string) =>
  (await stage.ask('GET', `/rules${email ? `?email=${email}` : ''}`, { token: admin })).json.rules;
const stored = async () => (await allItems()).filter(({ pk }) => String(pk).startsWith('rules#'));
const events = async () =>
  (await allItems())
    .filter(({ pk }) => String(pk).startsWith('audit#'))
    .map(({ act, rule, by }) => ({ act, rule, by }));

test('a rule that is set can be listed, changed and removed, in the form in which it was set', async () => {
  const rule = {
    ...key,
    expires: '2027-01-01T00:00:00.000Z',
    maxTtl: '7 d',
    cidrs: ['10.0.0.0/8', '2001:db8::/32'],
    note: 'until the beam time',
  };
  expect(await put(rule)).toMatchObject({ status: 200, json: rule });
  expect(await list('x@lab.org')).toEqual([rule]);
  expect((await put({ note: 'changed' })).json).toEqual({ ...key, note: 'changed' });
  expect(await list()).toEqual(expect.arrayContaining([{ ...key, note: 'changed' }]));
  expect((await remove()).json).toEqual({ ...key, note: 'changed' });
  expect(await list('x@lab.org')).toEqual([]);
  const again = await remove();
  expect([again.status, again.json.code]).toEqual([404, 'rule_unknown']);
});

test('the same rule under another spelling is the same rule', async () => {
  await put({ email: 'Same@Lab.org', host: 'H.lab.org:27017' });
  expect(await list('same@lab.org')).toEqual([{ ...key, email: 'same@lab.org' }]);
  await put({ email: 'same@lab.org', note: 'one' });
  expect(await list('same@lab.org')).toHaveLength(1);
});

test('forms work, with addresses separated by commas', async () => {
  const form = new URLSearchParams({
    ...key,
    email: 'form@lab.org',
    cidrs: '10.0.0.0/8,192.0.2.7',
    maxTtl: '90 m',
  }).toString();
  const { json } = await stage.ask('PUT', '/rules', { token: admin, form });
  expect(json).toMatchObject({ cidrs: ['10.0.0.0/8', '192.0.2.7'], maxTtl: '90 m' });
});

test('nobody but an admin sees or changes rules, and the attempt is on record', async () => {
  const before = await stored();
  const attempts = [
    await put({}, you),
    await remove({ email: 'you@example.com' }, you),
    await stage.ask('GET', '/rules', { token: you }),
  ];
  expect(attempts.map(({ status, json }) => [status, json.code])).toEqual(Array(3).fill([403, 'not_allowed']));
  expect(await stored()).toEqual(before);
  const refused = (await events()).filter(({ act }) => act === 'rule_refused');
  expect(refused).toEqual(
    Array(2).fill({ act: 'rule_refused', by: 'you@example.com', rule: expect.stringContaining('h.lab.org/fw_*') }),
  );
});

test('what is no rule is refused with the field, and nothing is written', async () => {
  const before = await stored();
  const bad: [string, unknown][] = [
    ['email', '@lab.org'],
    ['email', '*@*'],
    ['email', 'a*@lab.org'],
    ['host', 'mongodb://h'],
    ['host', 'h*'],
    ['host', ''],
    ['db', 'admin'],
    ['db', 'f*w'],
    ['db', '**'],
    ['db', 'fw.phonons'],
    ['role', 'root'],
    ['role', '__proto__'],
    ['which', 'maybe'],
    ['expires', 'tomorrow'],
    ['expires', '2026-11-24T08:00:00Z'],
    ['maxTtl', '0 s'],
    ['maxTtl', '-1 d'],
    ['cidrs', []],
    ['cidrs', ['10.0.0.0/33']],
    ['cidrs', 'everywhere'],
    ['note', 'x'.repeat(201)],
    ['dryRun', true],
  ];
  for (const [field, value] of bad) {
    const { status, json } = await put({ [field]: value });
    expect([field, value, status, json.code]).toEqual([field, value, 400, 'invalid_request']);
    expect(json.detail).toContain(field);
  }
  expect(await stored()).toEqual(before);
});

test('two people who set the same rule at the same moment do not overwrite each other in silence', async () => {
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((note) => put({ email: 'race@lab.org', note })));
  const set = answers.filter(({ status }) => status === 200);
  expect(set).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409).map(({ json }) => json.code)).toEqual(
    Array(3).fill('rule_changed'),
  );
  expect(await list('race@lab.org')).toEqual([set[0]?.json]);
});

test('a rule that can not be read denies, is shown as such, and can be replaced or removed', async () => {
  const pk = 'rules#you@example.com';
  await stage.table.put({ pk, sk: 'h.lab.org#fw_*#readWrite#allow', which: 'perhaps' });
  expect(await list('you@example.com')).toEqual([{ unreadable: `${pk} h.lab.org#fw_*#readWrite#allow` }]);
  const { json } = await stage.ask('POST', '/grants', {
    token: you,
    body: { host: 'h.lab.org', db: 'fw_a', role: 'read' },
  });
  expect(json.code).toBe('not_allowed');
  expect(stage.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'rule_unreadable' }));
  expect((await put({ email: 'you@example.com' })).status).toBe(200);
  expect(await list('you@example.com')).toEqual([{ ...key, email: 'you@example.com' }]);
});

test('changes are on record with who made them', async () => {
  await put({ email: 'noted@lab.org' });
  await remove({ email: 'noted@lab.org' });
  const rule = 'allow noted@lab.org readWrite h.lab.org/fw_*';
  expect(await events()).toEqual(
    expect.arrayContaining([
      { act: 'rule_set', rule, by: 'admin@example.com' },
      { act: 'rule_removed', rule, by: 'admin@example.com' },
    ]),
  );
});

test('an expired rule allows nothing', async () => {
  await put({ email: 'you@example.com', host: stage.host, db: 'now', expires: '2026-11-24T08:01:00Z' });
  const wish = { token: you, body: { host: stage.host, db: 'now', role: 'read' } };
  expect((await stage.ask('POST', '/grants', wish)).status).toBe(201);
  later(stage, 60);
  expect((await stage.ask('POST', '/grants', wish)).json.code).toBe('not_allowed');
});
