import { allItems, later, openStage, type Stage } from '../../support/stage';

let stage: Stage;
let admin: string;
const tokens: Record<string, string> = {};
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 100 });
  admin = await stage.tokenFor('admin@example.com');
  await set({ email: '*@lab.org', db: 'fw_*' });
  await set({ email: 'ada@lab.org', db: 'fw_a' });
  await set({ email: 'bob@other.org', db: '*', role: 'read' });
  for (const email of ['ada@lab.org', 'eve@lab.org', 'bob@other.org']) tokens[email] = await stage.tokenFor(email);
  await grant('ada@lab.org', 'fw_a');
  await grant('ada@lab.org', 'fw_b', { role: 'read' });
  await grant('eve@lab.org', 'fw_b');
  await grant('bob@other.org', 'fw_b', { role: 'read' });
  await grant('eve@lab.org', 'fw_c', { label: 'gone' });
  await stage.ask('DELETE', '/grants?label=gone', { token: tokens['eve@lab.org'] });
});
afterAll(() => stage.close());

const all = { host: '*', role: 'readWrite', which: 'allow' };
const set = (rule: Record<string, unknown>) => stage.ask('PUT', '/rules', { token: admin, body: { ...all, ...rule } });
const grant = async (email: string, db: string, more: Record<string, string> = {}) => {
  const body = { host: stage.host, db, role: 'readWrite', ...more };
  const { status } = await stage.ask('POST', '/grants', { token: tokens[email], body });
  expect(status).toBe(201);
};
const names = (grants: { email: string; db: string }[]) => grants.map(({ email, db }) => `${email} ${db}`).toSorted();
const ifSet = async (rule: Record<string, unknown>) => {
  const { status, json } = await stage.ask('PUT', '/rules?dryRun=true', { token: admin, body: { ...all, ...rule } });
  expect(status).toBe(200);
  return { ends: names(json.ends), shortens: json.shortens };
};
const ifRemoved = async (rule: Record<string, string>) => {
  const { email = '', db = '', role = all.role, which = all.which } = rule;
  const query = new URLSearchParams({ ...all, email, db, role, which, dryRun: 'true' });
  const { status, json } = await stage.ask('DELETE', `/rules?${query}`, { token: admin });
  expect(status).toBe(200);
  return names(json.ends);
};

test('a dry run changes nothing, and leaves no event', async () => {
  const before = await allItems();
  await ifSet({ email: '*', db: '*', which: 'deny' });
  await ifRemoved({ email: '*@lab.org', db: 'fw_*' });
  expect(await allItems()).toEqual(before);
});

test('a removed allow ends what no other rule covers, and nothing that has ended', async () => {
  expect(await ifRemoved({ email: '*@lab.org', db: 'fw_*' })).toEqual(['ada@lab.org fw_b', 'eve@lab.org fw_b']);
  expect(await ifRemoved({ email: 'ada@lab.org', db: 'fw_a' })).toEqual([]);
  expect(await ifRemoved({ email: 'bob@other.org', db: '*', role: 'read' })).toEqual(['bob@other.org fw_b']);
});

test.each([
  ['everybody, everywhere', { email: '*', db: '*' }, ['ada@lab.org fw_a', 'eve@lab.org fw_b']],
  [
    'everybody, reading too',
    { email: '*', db: '*', role: 'read' },
    ['ada@lab.org fw_a', 'ada@lab.org fw_b', 'bob@other.org fw_b', 'eve@lab.org fw_b'],
  ],
  [
    'a domain',
    { email: '*@lab.org', db: '*', role: 'read' },
    ['ada@lab.org fw_a', 'ada@lab.org fw_b', 'eve@lab.org fw_b'],
  ],
  ['a person', { email: 'eve@lab.org', db: 'fw_*' }, ['eve@lab.org fw_b']],
  ['a prefix', { email: '*', db: 'fw_a*' }, ['ada@lab.org fw_a']],
  ['another host', { email: '*', db: '*', role: 'read', host: 'other' }, []],
])('a deny of %s ends what it matches', async (_, rule, wanted) => {
  expect((await ifSet({ ...rule, which: 'deny' })).ends).toEqual(wanted);
});

test('a deny on one host looks at the grants of that host', async () => {
  expect((await ifSet({ email: '*', db: 'fw_b', host: stage.host, which: 'deny' })).ends).toEqual(['eve@lab.org fw_b']);
});

test('one more allow, and a deny that has expired by then, end nothing', async () => {
  expect((await ifSet({ email: '*', db: '*' })).ends).toEqual([]);
  expect((await ifSet({ email: '*@lab.org', db: 'fw_*' })).ends).toEqual([]);
});

test('an allow that gives less time moves ends forward; one that asks for addresses ends what came from anywhere', async () => {
  const shorter = await ifSet({ email: '*@lab.org', db: 'fw_*', maxTtl: '1 d' });
  expect([shorter.ends, names(shorter.shortens)]).toEqual([[], ['ada@lab.org fw_b', 'eve@lab.org fw_b']]);
  expect(shorter.shortens[0]).toMatchObject({
    expires: '2026-12-24T08:00:00.000Z',
    newExpires: '2026-11-25T08:00:00.000Z',
  });
  const ending = await ifSet({ email: '*@lab.org', db: 'fw_*', expires: '2026-11-26T08:00:00Z' });
  expect(ending.shortens[0]).toMatchObject({ newExpires: '2026-11-26T08:00:00.000Z' });
  expect((await ifSet({ email: '*@lab.org', db: 'fw_*', cidrs: ['10.0.0.0/8'] })).ends).toEqual([
    'ada@lab.org fw_b',
    'eve@lab.org fw_b',
  ]);
});

test('what the rules do not cover before a change ends with it, so it is told, too', async () => {
  const deny = { email: 'eve@lab.org', db: 'fw_b', role: 'read', which: 'deny' };
  await set(deny);
  expect((await ifSet({ email: '*@lab.org', db: 'fw_*', note: 'changed' })).ends).toEqual(['eve@lab.org fw_b']);
  expect(await ifRemoved({ email: '*@lab.org', db: 'fw_*' })).toEqual(['ada@lab.org fw_b', 'eve@lab.org fw_b']);
  await stage.ask('DELETE', `/rules?${new URLSearchParams({ ...all, ...deny })}`, { token: admin });
});

test('beside a rule that cannot be read an edit ends all that it speaks about, a new allow and a removed deny nothing', async () => {
  const unreadable = { pk: 'rules#*@lab.org', sk: 'h2#x#dbOwner#allow' };
  const deny = { email: '*@lab.org', db: 'fw_*', role: 'read', which: 'deny', expires: '2026-11-24T09:00:00Z' };
  await set({ email: '*@lab.org', db: 'fw_a' });
  await set(deny);
  await stage.table.put(unreadable);
  expect((await ifSet({ email: '*@lab.org', db: 'fw_a', note: 'spelling' })).ends).toEqual(['ada@lab.org fw_a']);
  expect((await ifSet({ email: '*@lab.org', db: '*' })).ends).toEqual([]);
  expect(await ifRemoved(deny)).toEqual([]);
  await stage.table.delete(unreadable);
  await stage.ask('DELETE', `/rules?${new URLSearchParams({ ...all, email: '*@lab.org', db: 'fw_a' })}`, {
    token: admin,
  });
  await stage.ask(
    'DELETE',
    `/rules?${new URLSearchParams({ ...all, email: '*@lab.org', db: 'fw_*', role: 'read', which: 'deny' })}`,
    { token: admin },
  );
});

test('a dry run is refused like the change itself', async () => {
  const rule = { ...all, email: '*', db: '*', which: 'deny' };
  const member = await stage.ask('PUT', '/rules?dryRun=true', { token: tokens['ada@lab.org'], body: rule });
  expect([member.status, member.json.code]).toEqual([403, 'not_allowed']);
  const moved = await stage.ask('PUT', '/rules?dryRun=true', { token: admin, body: { ...rule, version: 3 } });
  expect([moved.status, moved.json.code]).toEqual([409, 'rule_changed']);
  const query = new URLSearchParams({ ...rule, dryRun: 'true' });
  expect((await stage.ask('DELETE', `/rules?${query}`, { token: admin })).json.code).toBe('rule_unknown');
});

test('a ruler learns of a dry run only who would lose what inside their scope', async () => {
  const scope = { email: 'ruler@lab.org', hosts: 'all', dbs: ['fw_'], emails: ['@lab.org'], which: 'all' };
  await stage.ask('PUT', '/rulers', { token: admin, body: scope });
  const body = { ...all, email: '*@lab.org', db: 'fw_*', role: 'read', which: 'deny' };
  const { json } = await stage.ask('PUT', '/rules?dryRun=true', { token: await stage.tokenFor('ruler@lab.org'), body });
  expect(names(json.ends)).toEqual(['ada@lab.org fw_a', 'ada@lab.org fw_b', 'eve@lab.org fw_b']);
});

test('a grant past its end has nothing to lose', async () => {
  later(stage, 31 * 86_400);
  const fresh = await stage.tokenFor('admin@example.com');
  const body = { ...all, email: '*', db: '*', role: 'read', which: 'deny' };
  expect((await stage.ask('PUT', '/rules?dryRun=true', { token: fresh, body })).json.ends).toEqual([]);
});
