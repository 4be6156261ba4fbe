import type { MongoClient } from 'mongodb';
import { adminRole } from '../../../../client/admin/hosts/admin-role';
import { lineOf } from '../../../../client/rules-file/render-plan';
import { reap } from '../../../../functions/reap/reap';
import { reconcile } from '../../../../functions/reconcile/reconcile';
import { HostUnreachable } from '../../../../shared/contract/errors';
import { taggedUsers } from '../../../../shared/mongo/tagged-users';
import { by, openPythonServer, type PythonServer } from '../../../support/python-server';
import { later, registerHost } from '../../../support/stage';

let python: PythonServer;
beforeEach(async () => {
  python = await openPythonServer();
});
afterEach(() => python.close());

const ada = 'ada@lab.org';
const source = { requestId: 'r', ip: 'i' };
const reasons = ({ left }: { left: { what: string; reason: string }[] }) =>
  left.map(({ what, reason }) => `${what} ${reason}`);
const compared = () =>
  reconcile(
    {
      ...python.stage.deps,
      tagged: taggedUsers(python.deps.servers),
      hosts: async () => [python.host],
      clock: python.deps.clock,
    },
    source,
    {},
    python.deps.clock() + 600_000,
  );
const reaped = () => reap({ ...python.stage.deps, clock: python.deps.clock }, source, python.deps.clock() + 60_000);
const insert = (client: MongoClient, db: string) => client.db(db).collection('x').insertOne({});

test('what the Python server gave goes on working, expires from now on, and can be revoked with proof', async () => {
  const { username, password } = await python.granted(ada, 'fw', 'readWrite');
  const before = await python.userNamed(username, 'fw');

  const plan = await python.plan();
  expect(plan.rules.changes.map(lineOf)).toEqual([`+ allow ${ada} readWrite ${python.host}/fw`]);
  expect(plan.left).toEqual([]);
  expect(await python.rows()).toEqual([]);
  expect(await python.apply(plan)).toMatchObject({ complete: true, adopted: 1, ours: 0, left: [] });

  const [row] = await python.rows();
  expect(row).toMatchObject({ email: ada, db: 'fw', label: '', username, usersDb: 'fw', state: 'active', cidrs: [] });
  const after = await python.userNamed(username, 'fw');
  const expires = '2026-12-24T08:00:00.000Z';
  expect(after).toEqual({
    ...before,
    customData: { mongogrant: { email: ada, label: '', grant: row?.id, expires, stack: 'mongogrant' } },
  });
  await insert(await python.login(username, password, 'fw'), 'fw');
  expect(await python.events('adopted', 'adopt_failed')).toEqual([
    expect.objectContaining({ act: 'adopted', email: ada, by, grant: expect.objectContaining({ username }) }),
  ]);

  later(python.stage, 61);
  expect((await compared()).hosts).toEqual([
    expect.objectContaining({ ours: 1, orphans: 0, lost: 0, drifted: 0, leftOut: {}, faults: 0 }),
  ]);

  const token = await python.tokenFor(ada);
  const again = await python.ask('POST', '/grants', {
    token,
    body: { host: python.host, db: 'fw', role: 'readWrite' },
  });
  expect([again.status, again.json.username]).toEqual([201, username]);
  expect([
    await python.works(username, password, 'fw'),
    await python.works(username, again.json.password, 'fw'),
  ]).toEqual([false, true]);
  const revoked = await python.ask('DELETE', '/grants', { token });
  expect(revoked.json.revoked).toHaveLength(1);
  const [ended] = await python.rows();
  expect(ended).toMatchObject({ state: 'ended', proof: { gone: true, refusedBy: [expect.any(String)], leftOut: [] } });
  expect(await python.userNamed(username, 'fw')).toBeUndefined();
});

test('an adopted login ends by itself, and it is shown', async () => {
  const { username, password } = await python.granted(ada, 'fw');
  await python.run();
  later(python.stage, 30 * 86_400 - 1);
  expect(await reaped()).toMatchObject({ due: 0 });
  expect(await python.works(username, password, 'fw')).toBe(true);
  later(python.stage, 1);
  expect(await reaped()).toMatchObject({ due: 1, ended: 1 });
  expect(await python.works(username, password, 'fw')).toBe(false);
  expect((await python.rows())[0]).toMatchObject({ state: 'ended', why: 'expired', proof: { gone: true } });
});

test('a second import finds nothing to do, writes nothing and says so', async () => {
  await python.granted(ada, 'fw');
  await python.run();
  const rows = await python.rows();
  const plan = await python.plan();
  expect(plan).toMatchObject({ rules: { changes: [] }, adoptions: [], ours: 1, left: [] });
  expect(await python.apply(plan)).toMatchObject({ complete: true, adopted: 0 });
  expect(await python.rows()).toEqual(rows);
});

test('what can not be adopted is named, with the reason, and left as it is', async () => {
  const cases: [string, (name: string) => Record<string, unknown> | undefined][] = [
    ['roles_differ', (name) => ({ grantRolesToUser: name, roles: ['dbAdmin'] })],
    ['roles_differ', (name) => ({ updateUser: name, roles: [] })],
    ['roles_differ', (name) => ({ updateUser: name, roles: [{ role: 'read', db: 'other' }] })],
    ['user_missing', (name) => ({ dropUser: name })],
    ['user_not_ours', (name) => ({ updateUser: name, customData: { mongogrant: { grant: 'g', stack: 'other' } } })],
    ['user_not_ours', (name) => ({ updateUser: name, customData: { mongogrant: 'by hand' } })],
    [
      'restrictions_unknown',
      (name) => ({ updateUser: name, authenticationRestrictions: [{ serverAddress: ['127.0.0.1'] }] }),
    ],
  ];
  const users: string[] = [];
  for (const [index, [, change]] of cases.entries()) {
    const { username } = await python.granted(`p${index}@lab.org`, 'fw');
    users.push(username);
    const command = change(username);
    if (command) await python.root.db('fw').command(command);
  }
  const before = await Promise.all(users.map((user) => python.userNamed(user, 'fw')));
  const plan = await python.plan();
  expect(reasons(plan)).toEqual(cases.map(([reason]) => `grant ${reason}`));
  expect(await python.apply(plan)).toMatchObject({ complete: true, adopted: 0 });
  expect(await Promise.all(users.map((user) => python.userNamed(user, 'fw')))).toEqual(before);
  expect(await python.rows()).toEqual([]);
});

describe('a user that shows traces of another maker', () => {
  test.each([
    ['customData', { customData: { job: 'nightly' } }, /has customData, which the Python server never writes/],
    [
      'addresses to come from',
      { authenticationRestrictions: [{ clientSource: ['127.0.0.1'] }] },
      /from some addresses only, which the Python server never says/,
    ],
  ])('by its %s is doubtful, and adopted by name only', async (_trace, made, words) => {
    const { username } = await python.granted(ada, 'fw');
    await python.root.db('fw').command({ updateUser: username, ...made });
    const before = await python.userNamed(username, 'fw');

    const plan = await python.plan({ endUncovered: true });
    expect(reasons(plan)).toEqual(['grant doubtful']);
    expect(plan.left[0]?.detail).toMatch(words);
    expect(await python.apply(plan)).toMatchObject({ complete: true, adopted: 0 });
    expect([await python.userNamed(username, 'fw'), await python.rows()]).toEqual([before, []]);

    const [, name = ''] = /--adopt (\S+)$/.exec(plan.left[0]?.detail ?? '') ?? [];
    expect(await python.run({ named: new Set([name]) })).toMatchObject({ complete: true, adopted: 1 });
    const [row] = await python.rows();
    const tag = expect.objectContaining({ grant: row?.id });
    const after = await python.userNamed(username, 'fw');
    expect(after).toEqual({ ...before, customData: { ...before?.customData, mongogrant: tag } });
    expect(await python.plan()).toMatchObject({ adoptions: [], ours: 1, left: [] });
  });

  test('since the plan is left alone, too', async () => {
    const { username } = await python.granted(ada, 'fw');
    const plan = await python.plan();
    await python.root.db('fw').command({ updateUser: username, customData: { job: 'nightly' } });
    expect((await python.apply(plan)).left.map(({ reason }) => reason)).toEqual(['doubtful']);
    expect(await python.rows()).toEqual([]);
  });

  test('and has a name that is not there makes no plan', async () => {
    await python.granted(ada, 'fw');
    const named = new Set([`${python.host}/fw/eve_lab.org_read`]);
    await expect(python.plan({ named })).rejects.toMatchObject({ code: 'login_unknown' });
  });
});

test('a login that no rule allows is left alone, or, if so wished, adopted with an end at once', async () => {
  const { username } = await python.given({ email: ada, host: python.host, db: 'fw', role: 'read' });
  const denied = await python.granted('bob@lab.org', 'fw');
  await python.kept
    .collection('deny')
    .insertOne({ email: 'bob@lab.org', host: python.host, role: 'read', dbs: ['fw'] });
  const plan = await python.plan();
  expect(reasons(plan)).toEqual(['grant not_allowed', 'grant not_allowed']);
  expect(await python.apply(plan)).toMatchObject({ adopted: 0, complete: true });
  expect(await python.works(username, 'words-of-the-lab', 'fw')).toBe(true);

  const ending = await python.plan({ endUncovered: true });
  expect(ending.adoptions.map(({ covered }) => covered)).toEqual([false, false]);
  await python.apply(ending);
  await reaped();
  for (const name of [username, denied.username]) expect(await python.userNamed(name, 'fw')).toBeUndefined();
  expect((await python.rows()).map(({ state, proof }) => [state, proof])).toEqual(
    Array(2).fill(['ended', expect.objectContaining({ gone: true, leftOut: [] })]),
  );
});

test('rules of the service shorten what is adopted, and stay as somebody set them', async () => {
  await python.granted(ada, 'fw');
  const rule = { email: ada, host: python.host, db: 'fw', role: 'read', which: 'allow', maxTtl: '2 d' };
  await python.ask('PUT', '/rules', { token: python.admin, body: rule });
  const plan = await python.plan();
  expect([plan.rules.changes, reasons(plan)]).toEqual([[], ['allow set_since']]);
  await python.apply(plan);
  expect((await python.rows())[0]).toMatchObject({ expiresAt: python.deps.clock() / 1000 + 2 * 86_400 });
  const { json } = await python.ask('GET', '/rules', { token: python.admin });
  expect(json.rules).toEqual([expect.objectContaining({ maxTtl: '2 d' })]);
});

test('a login from mongogrant under the same key stays, and the old one comes in beside it', async () => {
  const { username, password } = await python.granted(ada, 'fw');
  const rule = { email: ada, host: python.host, db: 'fw', role: 'read', which: 'allow' };
  await python.ask('PUT', '/rules', { token: python.admin, body: rule });
  const token = await python.tokenFor(ada);
  const { json } = await python.ask('POST', '/grants', { token, body: { host: python.host, db: 'fw', role: 'read' } });
  expect(json.username).not.toBe(username);
  expect(await python.run()).toMatchObject({ adopted: 1, complete: true });
  expect((await python.rows()).map(({ label, username }) => [label, username])).toEqual([
    ['', json.username],
    ['imported', username],
  ]);
  for (const [name, word] of [
    [json.username, json.password],
    [username, password],
  ])
    expect(await python.works(name, word, 'fw')).toBe(true);
  expect(await python.plan()).toMatchObject({ ours: 1, adoptions: [] });
});

test('users are adopted where they are, whatever the database that the secret names for new ones', async () => {
  const host = 'named.lab.org';
  await registerHost(host, { host: '127.0.0.1', port: python.mongod.port, ...python.stage.admin, usersDb: 'admin' });
  await python.kept.collection('allow').insertOne({ email: ada, host, role: 'read', dbs: ['fw'] });
  const { username, password } = await python.given({ email: ada, host, db: 'fw', role: 'read' });
  expect(await python.run()).toMatchObject({ complete: true, adopted: 1 });
  expect((await python.rows())[0]).toMatchObject({ usersDb: 'fw', username });
  const token = await python.tokenFor(ada);
  const { json } = await python.ask('POST', '/grants', { token, body: { host, db: 'fw', role: 'read' } });
  expect(json.uri).toContain('authSource=fw');
  expect([await python.works(username, password, 'fw'), await python.works(username, json.password, 'fw')]).toEqual([
    false,
    true,
  ]);
});

test('where our login may not tag or end a user of that database, the user is left alone', async () => {
  const host = 'named.lab.org';
  const login = { username: 'mongogrant', password: 'pw' };
  await python.root.db('admin').command({ createUser: login.username, pwd: login.password, roles: [] });
  const user = { user: login.username, db: 'admin' };
  for (const { db, command } of adminRole({ databases: ['fw', 'calc'], usersDb: 'admin', user }).commands)
    await python.root.db(db).command(command);
  await registerHost(host, { host: '127.0.0.1', port: python.mongod.port, ...login, usersDb: 'admin' });
  await python.kept.collection('allow').insertOne({ email: ada, host, role: 'read', dbs: ['fw'] });
  await python.given({ email: ada, host, db: 'fw', role: 'read' });
  const plan = await python.plan();
  expect([plan.adoptions, reasons(plan)]).toEqual([[], ['grant login_lacks']]);
  expect(plan.left[0]?.detail).toMatch(/lacks dropUser, viewUser, changeCustomData on fw/);
});

test('of a host that is not registered the denies come in, and nothing else; rulers come in as they are', async () => {
  const host = 'later.lab.org';
  const rule = { email: ada, host, role: 'read', dbs: ['fw'] };
  await python.kept.collection('allow').insertOne({ ...rule });
  await python.kept.collection('deny').insertOne({ ...rule });
  await python.kept
    .collection('grants')
    .insertOne({ email: ada, host, db: 'fw', role: 'read', username: 'ada_lab.org_read' });
  const ruler = { email: 'r@lab.org', hosts: [host], dbs: 'all', emails: ['@lab.org'], which: ['deny'] };
  await python.kept.collection('rulers').insertOne({ ...ruler });
  const plan = await python.plan();
  expect(reasons(plan)).toEqual(['allow host_unknown', 'grant host_unknown']);
  expect(await python.apply(plan)).toMatchObject({ complete: true });
  const { json } = await python.ask('GET', '/rules', { token: python.admin });
  expect(json.rules).toEqual([expect.objectContaining({ which: 'deny', host })]);
  const { json: rulers } = await python.ask('GET', '/rulers', { token: python.admin });
  expect(rulers.rulers).toEqual([expect.objectContaining(ruler)]);
});

test('where a rule can not be written, nobody is adopted', async () => {
  await python.granted(ada, 'fw');
  const plan = await python.plan();
  const { api } = python.deps;
  const refusing: typeof api = async ({ method, path }, input) =>
    method === 'PUT'
      ? { status: 409, json: { code: 'rule_changed', detail: 'Changed.' } }
      : api({ method, path }, input);
  const result = await python.apply(plan, { api: refusing });
  expect(result).toMatchObject({
    complete: false,
    adopted: 0,
    notReached: 1,
    rules: { failures: [{ code: 'rule_changed' }] },
  });
  expect(await python.rows()).toEqual([]);
});

test('a host that falls silent meanwhile is not asked for each of its logins, and others go on', async () => {
  const host = 'named.lab.org';
  await registerHost(host, { host: '127.0.0.1', port: python.mongod.port, ...python.stage.admin });
  for (let index = 0; index < 30; index += 1) {
    const grant = { email: `p${index}@lab.org`, host, db: 'fw', role: 'read' };
    await python.kept.collection('allow').insertOne({ ...grant, dbs: ['fw'] });
    await python.given(grant);
  }
  await python.granted(ada, 'calc');
  const plan = await python.plan();
  const { adoptable } = python.deps;
  const look: typeof adoptable.look = async (asked, names) => {
    if (asked.name === host) throw new HostUnreachable(host, false);
    return adoptable.look(asked, names);
  };
  const result = await python.apply(plan, { adoptable: { ...adoptable, look } });
  expect(result).toMatchObject({ complete: false, adopted: 1 });
  expect([result.left.length <= 8, result.left.length + result.notReached]).toEqual([true, 30]);
  expect(await python.run()).toMatchObject({ complete: true, adopted: 30 });
});

test('the first adoption wins where two imports run at once, and each user has one row and its tag', async () => {
  for (let index = 0; index < 12; index += 1) await python.granted(`p${index}@lab.org`, 'fw');
  const plans = await Promise.all([python.plan(), python.plan()]);
  // Rules first, as both would write the same.
  const results = await Promise.all(
    plans.map((plan) => python.apply({ ...plan, rules: { ...plan.rules, changes: [] } })),
  );
  expect(results.map(({ complete, left }) => [complete, left])).toEqual([
    [true, []],
    [true, []],
  ]);
  const rows = await python.rows();
  expect(rows).toHaveLength(12);
  for (const { id, username, state } of rows) {
    const user = await python.userNamed(String(username), 'fw');
    expect([state, user?.customData.mongogrant.grant]).toEqual(['active', id]);
  }
});

test('a stop finishes what is under way and begins nothing new; the next import does the rest', async () => {
  for (let index = 0; index < 20; index += 1) await python.granted(`p${index}@lab.org`, 'fw');
  const stop = new AbortController();
  const plan = await python.plan();
  const rules = plan.rules.changes.length;
  const stopped = await python.apply(plan, {
    stop: stop.signal,
    onProgress: (done) => done === rules + 3 && stop.abort(),
  });
  expect(stopped.complete).toBe(false);
  expect(stopped.adopted + stopped.notReached).toBe(20);
  expect(stopped.adopted).toBeLessThan(12);
  const rows = await python.rows();
  expect(rows).toHaveLength(stopped.adopted);
  for (const { id, username } of rows)
    expect((await python.userNamed(String(username), 'fw'))?.customData.mongogrant.grant).toBe(id);
  expect(await python.run()).toMatchObject({ complete: true, adopted: 20 - stopped.adopted });
});

test('a host that does not answer holds up no other', async () => {
  await python.granted(ada, 'fw');
  await registerHost('down.lab.org', { host: '127.0.0.1', port: 1, ...python.stage.admin });
  const rule = { email: ada, host: 'down.lab.org', role: 'read', dbs: ['fw'] };
  await python.kept.collection('allow').insertOne(rule);
  await python.kept
    .collection('grants')
    .insertOne({ email: ada, host: 'down.lab.org', db: 'fw', role: 'read', username: 'ada_lab.org_read' });
  const plan = await python.plan();
  expect(reasons(plan)).toEqual(['grant unreachable']);
  expect(await python.apply(plan)).toMatchObject({ complete: true, adopted: 1 });
});
