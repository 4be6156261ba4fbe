import { planOf, planRules } from '../../../client/rules-file/plan-rules';
import { lineOf, renderPlan } from '../../../client/rules-file/render-plan';
import type { LiveGrant, ServiceState } from '../../../client/rules-file/service-state';
import type { Api } from '../../../client/sdk/api/ask-api';
import { seconds } from '../../../shared/policy/time';
import { fileOf } from '../../support/stage-api';

const now = new Date('2026-11-25T08:00:00Z');
const day = 86_400;
const key = { email: 'ada@lab.org', host: 'h', db: 'fw_*', role: 'readWrite', which: 'allow' as const };
const rule = (change: object = {}, version = 1) => ({ ...key, ...change, version });
const scope = { hosts: 'all' as const, dbs: ['fw_'], emails: ['@lab.org'], which: 'all' as const };
const ruler = (change: object = {}, version = 1) => ({ email: 'r@lab.org', ...scope, ...change, version });
const state = (rules: ServiceState['rules'], rulers: ServiceState['rulers'] = []): ServiceState => ({
  ...{ rules, rulers, grants: [] },
});
const grant = (change: Partial<LiveGrant> = {}): LiveGrant => ({
  ...{ email: 'ada@lab.org', host: 'h', db: 'fw_a', role: 'readWrite', label: '', username: 'ada_lab.org_readWrite' },
  expiresAt: seconds(now) + 10 * day,
  ...change,
});
const plan = (text: string, from: ServiceState, grants: LiveGrant[] = []) =>
  planOf(fileOf(text, now), { ...from, grants }, now);
const rules = (...entries: string[]) => `rules:${entries.map((entry) => `\n  - {${entry}}`).join('')}\n`;
const allow = 'email: ada@lab.org, host: h, db: fw_*, role: readWrite, which: allow';

test('a rule that means the same stays, however it is written', () => {
  const from = state([
    rule({ maxTtl: 7 * day, expiresAt: 1_798_761_600, cidrs: ['10.0.0.0/8', '192.0.2.7'], note: '' }),
  ]);
  const text = rules(`${allow.replace('ada@lab.org', 'ADA@lab.org').replace('host: h', 'host: "H:27017"')},
    maxTtl: 168 h, expires: "2027-01-01T01:00:00+01:00", cidrs: [192.0.2.7/32, 10.0.0.0/8]`);
  expect(plan(text, from).changes).toEqual([]);
  expect(renderPlan(plan(text, from))).toBe('Nothing to change: 1 unchanged.');
  const terms = { maxTtl: '7 d', expires: '2027-01-01T00:00:00Z', cidrs: ['192.0.2.7', '10.0.0.0/8'] };
  const others = [
    { maxTtl: '8 d' },
    { expires: '2027-01-01T00:00:01Z' },
    { cidrs: ['10.0.0.0/8'] },
    { cidrs: ['10.0.0.0/8', '192.0.2.7', '192.0.2.8'] },
    { cidrs: undefined },
    { note: 'x' },
  ];
  expect(plan(JSON.stringify({ rules: [{ ...key, ...terms }] }), from).changes).toEqual([]);
  for (const other of others)
    expect(plan(JSON.stringify({ rules: [{ ...key, ...terms, ...other }] }), from).changes).toMatchObject([
      { act: 'change' },
    ]);
});

test('what the file does not name is removed, kept if it says so, and left alone without its key', () => {
  const from = state([rule(), rule({ db: 'x' }, 4)], [ruler(), ruler({ email: 's@lab.org' }, 3)]);
  const text = `${rules(allow)}rulers: [{email: s@lab.org, hosts: all, dbs: [fw_, fw_], emails: ["@lab.org"], which: [allow, deny]}]\n`;
  const removed = plan(text, from);
  expect(removed.changes.map(lineOf)).toEqual(['- ruler r@lab.org', '- allow ada@lab.org readWrite h/x']);
  expect(removed.changes.map(({ before }) => before?.version)).toEqual([1, 4]);
  expect(removed.same).toEqual({ rules: [rule()], rulers: [ruler({ email: 's@lab.org' }, 3)] });
  const kept = plan(`${text}unlisted: keep`, from);
  expect(renderPlan(kept)).toBe('Nothing to change: 2 unchanged, 2 not in the file and kept.');
  expect(kept.kept).toEqual({ rules: [rule({ db: 'x' }, 4)], rulers: [ruler()] });
  expect(plan(rules(allow), from).changes.map(({ of }) => of)).toEqual(['rule']);
  expect(plan('rulers: []', from).changes.map(lineOf)).toEqual(['- ruler r@lab.org', '- ruler s@lab.org']);
});

test('changes come in the order that is safe', () => {
  const was = { expiresAt: seconds(now) + day };
  const from = state(
    [
      rule({ db: 'gone' }),
      rule({ db: 'less', maxTtl: 2 * day }),
      rule({ db: 'more', maxTtl: day }),
      rule({ db: 'other', maxTtl: day }),
      rule({ db: 'note' }),
      rule({ db: 'no1', which: 'deny' }),
      rule({ db: 'no2', which: 'deny', ...was }),
      rule({ db: 'no3', which: 'deny' }),
    ],
    [
      ruler({ email: 'gone@x.org' }),
      ruler({ email: 'less@x.org' }),
      ruler({ email: 'more@x.org' }),
      ruler({ email: 'mix@x.org' }),
    ],
  );
  const on = (db: string, rest = '', which = 'allow') =>
    `email: ada@lab.org, host: h, db: ${db}, role: readWrite, which: ${which}${rest}`;
  const rulers = [
    '{email: less@x.org, hosts: [h], dbs: [fw_], emails: ["@lab.org"], which: all}',
    '{email: mix@x.org, hosts: all, dbs: [fw_, y], emails: ["@lab.org"], which: [allow]}',
    '{email: more@x.org, hosts: all, dbs: [f], emails: all, which: all}',
    '{email: new@x.org, hosts: all, dbs: all, emails: all, which: all}',
  ];
  const text = `${rules(
    on('less', ', maxTtl: 1 d'),
    on('more', ', maxTtl: 2 d'),
    on('other', ', maxTtl: 2 d, expires: "2026-11-26T08:00:00Z"'),
    on('note', ', note: hi'),
    on('new'),
    on('no2', '', 'deny'),
    on('no3', ', expires: "2026-11-26T08:00:00Z"', 'deny'),
    on('no4', '', 'deny'),
  )}rulers: [${rulers.join(', ')}]`;
  const { changes } = plan(text, from);
  expect(changes.map((change) => `${change.phase} ${lineOf(change).replace('ada@lab.org readWrite h/', '')}`)).toEqual([
    'tighten ~ deny no2: expires 2026-11-26T08:00:00.000Z -> none',
    'tighten + deny no4',
    'tighten ~ ruler less@x.org: hosts all -> h',
    'tighten ~ ruler mix@x.org: dbs fw_ -> fw_ y; which all -> allow',
    'tighten - ruler gone@x.org',
    'open ~ allow more: maxTtl 1 d -> 2 d',
    'open ~ allow note: note none -> "hi"',
    'open + allow new',
    'trade ~ allow other: expires none -> 2026-11-26T08:00:00.000Z; maxTtl 1 d -> 2 d',
    'close ~ allow less: maxTtl 2 d -> 1 d',
    'close - allow gone',
    'loosen ~ deny no3: expires none -> 2026-11-26T08:00:00.000Z',
    'loosen - deny no1',
    'loosen ~ ruler more@x.org: dbs fw_ -> f; emails @lab.org -> all',
    'loosen + ruler new@x.org (hosts all, dbs all, emails all, which all)',
  ]);
});

test('only what a change speaks about is lost, and only if the final rules no longer give it', () => {
  const from = state([rule(), rule({ email: 'bob@lab.org' }), rule({ email: '*', db: 'open', role: 'read' })]);
  const grants = [
    grant(),
    grant({ label: 'job', db: 'fw_b', username: 'ada_job' }),
    grant({ email: 'bob@lab.org', username: 'bob' }),
    // Nothing covers it, before and after.
    grant({ email: 'eve@lab.org', username: 'eve' }),
    grant({ email: 'eve@lab.org', db: 'open', role: 'read', username: 'eve_open' }),
  ];
  const names = (text: string) => {
    const { losses } = plan(text, from, grants);
    return [
      losses.ends.map(({ username }) => username),
      losses.shortens.map(({ grant: { username }, until }) => [username, until]),
    ];
  };
  const bob = allow.replace('ada', 'bob');
  const open = 'email: "*", host: h, db: open, role: read, which: allow';
  const ada = ['ada_lab.org_readWrite', 'ada_job'];
  expect(names(rules(allow, bob, open))).toEqual([[], []]);
  expect(names(rules(bob, open))).toEqual([ada, []]);
  // Another allow takes the place of the one that goes.
  expect(names(rules(bob, open, 'email: "*@lab.org", host: "*", db: fw_*, role: readWrite, which: allow'))).toEqual([
    [],
    [],
  ]);
  expect(names(rules(allow, bob, open, 'email: "*@lab.org", host: h, db: fw_b, role: read, which: deny'))).toEqual([
    ['ada_job'],
    [],
  ]);
  const until = seconds(now) + 2 * day;
  expect(names(rules(`${allow}, maxTtl: 2 d`, bob, open))).toEqual([[], ada.map((name) => [name, until])]);
  expect(names(rules(`${allow}, cidrs: [10.0.0.0/8]`, bob, open))).toEqual([ada, []]);
  expect(names(rules(allow, bob))).toEqual([['eve_open'], []]);
});

test('what can not be read is named, left alone, and counts as a deny', () => {
  const unreadable = 'rules#ada@lab.org h#fw_*#readWrite#allow';
  const from = state([{ unreadable }, rule({ email: '*@lab.org' })], [{ unreadable: 'rulers#r@lab.org scope' }]);
  const text = `${rules(allow)}rulers: [{email: r@lab.org, hosts: all, dbs: all, emails: all, which: all}]`;
  const made = plan(text, from, [grant()]);
  expect(made.changes.map(lineOf)).toEqual(['- allow *@lab.org readWrite h/fw_*']);
  expect(made.unreadable).toEqual([{ unreadable }, { unreadable: 'rulers#r@lab.org scope' }]);
  expect(made.losses.ends).toHaveLength(1);
  expect(renderPlan(made)).toContain(`can't be read, and is left alone: "${unreadable}"`);
});

test('a plan reads as people write, and says what comes to nothing', () => {
  const from = state([rule(), rule({ email: 'bob@lab.org', maxTtl: 7 * day }), rule({ db: 'x' })]);
  const text = rules(
    'email: bob@lab.org, host: h, db: fw_*, role: readWrite, which: allow, maxTtl: 1 d',
    'email: ada@lab.org, host: h, db: x, role: readWrite, which: allow',
    'email: ada@lab.org, host: h, db: x, role: read, which: deny, note: "says \\"no\\""',
  );
  const held = [grant(), grant({ email: 'bob@lab.org', label: 'job', username: 'bob_job' })];
  expect(renderPlan(plan(text, from, held))).toBe(`+ deny ada@lab.org read h/x (note "says \\"no\\"")
~ allow bob@lab.org readWrite h/fw_*: maxTtl 7 d -> 1 d
- allow ada@lab.org readWrite h/fw_*

These grants lose something:
ends: ada@lab.org readWrite h/fw_a (user ada_lab.org_readWrite), which would live until 2026-12-05T08:00:00.000Z
ends sooner: bob@lab.org readWrite h/fw_a label job (user bob_job), at 2026-11-26T08:00:00.000Z in place of 2026-12-05T08:00:00.000Z

"allow ada@lab.org readWrite h/x" comes to nothing, as "deny ada@lab.org read h/x" denies all of it.

1 to set, 1 to change, 1 to remove, 1 unchanged.
Grants: 1 to end, 1 to end sooner.`);
});

test('a rule that has expired may stay as the service has it, with a warning; another one is refused with its line', async () => {
  const over = `${allow}, expires: "2020-01-01T00:00:00Z"`;
  const expiresAt = 1_577_836_800;
  const { changes, warnings } = plan(rules(over), state([rule({ expiresAt })]));
  expect([changes, warnings]).toEqual([
    [],
    ['"allow ada@lab.org readWrite h/fw_*" has expired, and counts no more. Take it out of the file.'],
  ]);
  const reply = (json: object) => ({ status: 200, json });
  const api: Api = async ({ path }) =>
    path === '/me'
      ? reply({ email: 'a@lab.org', admin: true, ruler: false, expires: now.toISOString(), access: [] })
      : reply({ rules: [], grants: [], rulers: [] });
  const two = rules(over, `${over}, note: x`.replace('db: fw_*', 'db: [a, b]'));
  await expect(planRules(fileOf(two, now), { api, sleep: async () => {} }, now)).rejects.toMatchObject({
    code: 'rules_invalid',
    message: expect.stringMatching(/changed\.\nline 2: expires: lies in the past[^\n]*\nline 3: expires: [^\n]*$/),
  });
});
