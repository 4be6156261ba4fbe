import { allItems, later, openStage, registerHost, type Stage } from '../../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  await registerHost('h.lab.org', stage.admin);
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
    .filter(({ pk }) => String(pk).startsWith('audit#2'))
    .map(({ act, rule, by }) => ({ act, rule, by }));

test('a rule that is set can be listed, changed and removed, in the form in which it was set', async () => {
  const rule = {
    ...key,
    expires: '2027-01-01T00:00:00.000Z',
    maxTtl: '7 d',
    cidrs: ['10.0.0.0/8', '2001:db8::/32'],
    note: 'until the beam time',
  };
  const { version } = (await put(rule)).json;
  expect(await list('x@lab.org')).toEqual([{ ...rule, version }]);
  expect((await put({ ...rule, version })).json).toEqual({ ...rule, version: version + 1 });
  const changed = { ...key, note: 'changed', version: version + 2 };
  expect((await put({ note: 'changed' })).json).toEqual({ ...changed, replaced: rule });
  expect(await list()).toEqual(expect.arrayContaining([changed]));
  expect((await remove()).json).toEqual(changed);
  expect(await list('x@lab.org')).toEqual([]);
  const again = await remove();
  expect([again.status, again.json.code]).toEqual([404, 'rule_unknown']);
});

test('what an answer has beside the rule may be sent back, and is not stored', async () => {
  const email = 'back@lab.org';
  await put({ email, host: 'none.lab.org', note: 'one' });
  const { status, json } = await put({ email, host: 'none.lab.org', note: 'two' });
  expect(json).toMatchObject({ replaced: { note: 'one' }, warnings: [expect.any(String)] });
  const again = await stage.ask('PUT', '/rules', { token: admin, body: json });
  const { replaced: _, warnings, version, ...rule } = json;
  expect([status, again.status, again.json]).toEqual([200, 200, { ...rule, warnings, version: version + 1 }]);
  const rows = (await stored()).filter(({ pk }) => pk === `rules#${email}`);
  expect(rows.map((row) => ['replaced', 'warnings'].filter((name) => name in row))).toEqual([[]]);
});

test('the same rule under another spelling is the same rule', async () => {
  await put({ email: 'Same@Lab.org', host: 'H.lab.org:27017' });
  expect(await list('same@lab.org')).toEqual([{ ...key, email: 'same@lab.org', version: expect.any(Number) }]);
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

test('who is neither admin nor ruler sees and changes no rule, and the attempt is on record', async () => {
  const before = await stored();
  const attempts = [
    await put({}, you),
    await remove({ email: 'you@example.com' }, you),
    await stage.ask('GET', '/rules', { token: you }),
  ];
  expect(attempts.map(({ status, json }) => [status, json.code])).toEqual(Array(3).fill([403, 'not_allowed']));
  expect(await stored()).toEqual(before);
  expect((await events()).slice(-3)).toEqual([
    { act: 'rule_refused', by: 'you@example.com', rule: 'allow x@lab.org readWrite h.lab.org/fw_*' },
    { act: 'rule_refused', by: 'you@example.com', rule: 'allow you@example.com readWrite h.lab.org/fw_*' },
    { act: 'read_refused', by: undefined, rule: undefined },
  ]);
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

test('of people who set the same rule from the same version one wins, and the others are told', async () => {
  const email = 'race@lab.org';
  let version = 0;
  for (let round = 0; round < 2; round++) {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((note) => put({ email, note, version })));
    const set = answers.filter(({ status }) => status === 200);
    expect(set).toHaveLength(1);
    const others = answers.filter(({ status }) => status === 409).map(({ json }) => json.code);
    expect(others).toEqual(Array(3).fill('rule_changed'));
    const [stored] = await list(email);
    expect(stored).toEqual(expect.objectContaining({ note: set[0]?.json.note, version: set[0]?.json.version }));
    if (round === 0) version = stored.version;
  }
  const before = await stored();
  for (const late of [await put({ email, note: 'late', version }), await remove({ email, version: String(version) })])
    expect([late.status, late.json.code]).toEqual([409, 'rule_changed']);
  expect(await stored()).toEqual(before);
  expect((await events()).slice(-2).map(({ act }) => act)).toEqual(['rule_refused', 'rule_refused']);
  expect((await remove({ email, version: String(version + 1) })).status).toBe(200);
});

test('a version does not come back with a rule that was removed and set again', async () => {
  const email = 'again@lab.org';
  const { version } = (await put({ email })).json;
  await remove({ email });
  await put({ email, note: 'somebody else' });
  const late = await put({ email, note: 'late', version });
  expect([late.status, late.json.code]).toEqual([409, 'rule_changed']);
});

test('a rule that could not be read, and was mended meanwhile, is not overwritten', async () => {
  const email = 'mended@lab.org';
  const item = { pk: `rules#${email}`, sk: 'h.lab.org#fw_*#readWrite#allow' };
  await stage.table.put({ ...item, which: 'perhaps' });
  stage.outside.before = async (call) => {
    if (call !== 'table.delete') return;
    stage.outside.before = undefined;
    expect((await put({ email, note: 'mended' })).status).toBe(200);
  };
  const removed = await remove({ email });
  expect([removed.status, removed.json.code]).toEqual([409, 'rule_changed']);
  expect(await list(email)).toMatchObject([{ note: 'mended' }]);
});

test('what can not be read has no version, and the refusal says so', async () => {
  const email = 'broken@lab.org';
  await stage.table.put({ pk: `rules#${email}`, sk: 'h.lab.org#fw_*#readWrite#allow', which: 'perhaps' });
  const answer = await put({ email, version: 3 });
  expect([answer.status, answer.json.detail]).toEqual([409, expect.stringContaining('without one')]);
  expect((await put({ email })).status).toBe(200);
});

test('who sends no version replaces nothing in silence: the answer holds what was there', async () => {
  const email = 'blind@lab.org';
  const answers = await Promise.all(['a', 'b', 'c', 'd'].map((note) => put({ email, note })));
  const set = answers.filter(({ status }) => status === 200).map(({ json }) => json);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(4 - set.length);
  const inOrder = set.toSorted((a, b) => a.version - b.version);
  const [{ version } = { version: 0 }] = inOrder;
  expect(inOrder.map((one) => one.version)).toEqual(inOrder.map((_, index) => version + index));
  expect(inOrder.map(({ replaced }) => replaced?.note)).toEqual(
    [undefined, ...inOrder.map(({ note }) => note)].slice(0, -1),
  );
});

test('a rule that contradicts another one is pointed out, whichever comes second', async () => {
  const email = 'both@lab.org';
  expect((await put({ email })).json.warnings).toBeUndefined();
  const named = (which: string, role: string) => [
    expect.stringContaining(`"${which} both@lab.org ${role} h.lab.org/fw_*"`),
  ];
  expect((await put({ email, which: 'deny' })).json.warnings).toEqual(named('allow', 'readWrite'));
  expect((await put({ email })).json.warnings).toEqual(named('deny', 'readWrite'));
  await remove({ email, which: 'deny' });
  expect((await put({ email, which: 'deny', role: 'read' })).json.warnings).toEqual(named('allow', 'readWrite'));
  await remove({ email, which: 'deny', role: 'read' });
  // What stays open of a contradiction that takes a part only is meant.
  await remove({ email });
  await put({ email, role: 'read' });
  expect((await put({ email, which: 'deny' })).json.warnings).toBeUndefined();
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
  expect(await list('you@example.com')).toEqual([{ ...key, email: 'you@example.com', version: expect.any(Number) }]);
});

test('a role that is no longer known makes a rule unreadable, so it denies, whatever it was', async () => {
  const [rule] = (await stored()).filter(({ pk }) => pk === 'rules#you@example.com');
  await stage.table.put({ ...rule, pk: 'rules#you@example.com', sk: 'h.lab.org#fw_*#dbOwner#deny', role: 'dbOwner' });
  const why = await stage.ask('GET', '/rules/why?host=h.lab.org&db=fw_a&role=read&email=you@example.com', {
    token: admin,
  });
  expect(why.json).toMatchObject({ allowed: false, rule: { unreadable: expect.stringContaining('dbOwner') } });
  const missing = await remove({ email: 'you@example.com', role: 'readWrite', db: 'none' });
  expect([missing.status, missing.json.code]).toEqual([404, 'rule_unknown']);
  await stage.table.delete({ pk: 'rules#you@example.com', sk: 'h.lab.org#fw_*#dbOwner#deny' });
});

test('changes are on record with who made them, and with what they changed', async () => {
  await put({ email: 'noted@lab.org' });
  await put({ email: 'noted@lab.org', maxTtl: '1 d' });
  await remove({ email: 'noted@lab.org' });
  const rules = (await allItems())
    .filter(({ pk, email }) => String(pk).startsWith('audit#2') && email === 'noted@lab.org')
    .map(({ act, before, after }) => ({ act, before, after }));
  const [plain, daily] = [
    { ...key, email: 'noted@lab.org' },
    { ...key, email: 'noted@lab.org', maxTtl: '1 d' },
  ];
  expect(rules).toEqual([
    { act: 'rule_set', before: undefined, after: plain },
    { act: 'rule_set', before: plain, after: daily },
    { act: 'rule_removed', before: daily, after: undefined },
  ]);
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
