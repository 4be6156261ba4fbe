import { type Reaped, reap } from '../../functions/reap/reap';
import { HostUnreachable } from '../../shared/errors';
import type { MemberSays } from '../../shared/mongo-members';
import type { Host, MongoUsers } from '../../shared/mongo-users';
import { allItems, later, openStage, registerHost, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d', linksPerDay: 100 });
  admin = await stage.tokenFor('admin@example.com');
  await allow({ email: 'you@example.com' });
  you = await stage.tokenFor('you@example.com');
});
afterEach(() => stage.close());

const allow = (change: Record<string, unknown>) =>
  stage.ask('PUT', '/rules', {
    token: admin,
    body: { host: '*', db: '*', role: 'readWrite', which: 'allow', ...change },
  });
const grant = async (db: string, more: Record<string, unknown> = {}, token = you) => {
  const { status, json } = await stage.ask('POST', '/grants', {
    token,
    body: { host: stage.host, db, role: 'readWrite', ttl: '1 h', ...more },
  });
  expect(status).toBe(201);
  return json;
};
const source = { requestId: 'reap', ip: 'reap' };
const run = (msLeft = 45_000): Promise<Reaped> => {
  const clock = () => stage.clock.now.getTime();
  return reap({ ...stage.deps, clock }, source, clock() + msLeft);
};
const rows = async () => (await allItems()).filter(({ pk }) => /^grants#/.test(String(pk)));
const row = async (db: string) => (await rows()).find((item) => item.db === db);
const events = async (act: string) =>
  (await allItems()).filter((item) => String(item.pk).startsWith('audit#2') && item.act === act);
const loginOf = async (db: string, { username, password }: { username?: string; password?: string }) => {
  try {
    await stage.login(String(username), String(password), db);
    return 'works';
  } catch (error) {
    return (error as { code?: number }).code;
  }
};

test('what has expired ends, is shown to be dead, and what has not stays', async () => {
  const [short, long] = [await grant('a'), await grant('b', { ttl: '2 h' })];
  const open = await stage.login(short.username, short.password, 'a');
  await open.db('a').collection('x').insertOne({ a: 1 });
  later(stage, 3599);
  expect(await run()).toMatchObject({ due: 0, ended: 0, oldestOverdue: 0 });
  later(stage, 1);
  expect(await run()).toEqual({
    ...{ due: 1, ended: 1, oldestOverdue: 0, incomplete: 0, unsettled: 0 },
    ...{ silent: [], faults: 0 },
  });
  const member = `127.0.0.1:${stage.mongod.port}`;
  expect(await row('a')).toMatchObject({
    state: 'ended',
    why: 'expired',
    by: 'mongogrant',
    proof: { gone: true, unknownTo: [member], refusedBy: [member], notAsked: [], leftOut: [] },
  });
  expect(await row('a')).not.toHaveProperty('dueAt');
  expect([await loginOf('a', short), await loginOf('b', long)]).toEqual([18, 'works']);
  await expect(open.db('a').collection('x').insertOne({ a: 2 })).rejects.toMatchObject({ code: 13 });
  const [ended] = await events('ended');
  expect(ended).toMatchObject({ email: 'you@example.com', by: 'mongogrant', why: 'expired', proof: { gone: true } });
  expect(await run()).toMatchObject({ due: 0 });
});

test('a grant that is renewed while the reaper is about to end it lives on', async () => {
  const { username, password } = await grant('a');
  later(stage, 3600);
  stage.outside.before = async (call) => {
    if (call !== 'table.update') return;
    stage.outside.before = undefined;
    stage.clock.now = new Date(stage.clock.now.getTime() - 10_000);
    const wish = { host: stage.host, db: 'a', role: 'readWrite' };
    expect((await stage.ask('POST', '/grants/renew', { token: you, body: wish })).status).toBe(200);
    later(stage, 10);
  };
  expect(await run()).toMatchObject({ due: 1, faults: 0 });
  expect(await row('a')).toMatchObject({ state: 'active' });
  expect(await loginOf('a', { username, password })).toBe('works');
});

test('a grant whose request was cut off ends once nobody can be making its user any more', async () => {
  stage.outside.after = (call) => {
    if (call === 'users.create') throw new Error('the end of this process');
  };
  await stage.ask('POST', '/grants', { token: you, body: { host: stage.host, db: 'a', role: 'readWrite' } });
  stage.outside.after = undefined;
  await stage.table.update(
    { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` },
    {
      set: {
        state: 'pending',
        creatingUntil: stage.clock.now.getTime() / 1000 + 60,
        dueAt: stage.clock.now.getTime() / 1000 + 60,
        endingUntil: 0,
        duePk: 'grants#0',
      },
    },
  );
  expect(await run()).toMatchObject({ due: 0 });
  later(stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1 });
  expect(await row('a')).toMatchObject({ state: 'ended' });
});

test('a grant that was cut off when its name was somebody else’s ends, and leaves that user alone', async () => {
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  const theirs = { username: 'you_example.com_readWrite', password: 'theirs' };
  await root.db('a').command({ createUser: theirs.username, pwd: theirs.password, roles: [] });
  stage.outside.before = (call) => {
    if (call === 'table.update') throw new HostUnreachable(stage.host, true);
  };
  await stage.ask('POST', '/grants', { token: you, body: { host: stage.host, db: 'a', role: 'readWrite' } });
  stage.outside.before = undefined;
  expect(await row('a')).toMatchObject({ state: 'pending', username: theirs.username });
  later(stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1 });
  expect(await row('a')).toMatchObject({ state: 'ended', why: 'cut_off' });
  expect(await loginOf('a', theirs)).toBe('works');
});

test('a host that is down is probed once a minute, holds up no other, and is clean a minute after it is back', async () => {
  await registerHost('down.example', { host: '127.0.0.1', port: stage.mongod.port, ...stage.admin });
  await grant('a');
  await grant('b', { host: 'down.example' });
  await grant('c', { host: 'down.example' });
  let down = true;
  const asked: string[] = [];
  const { owner, probe } = stage.deps.users;
  const unlessDown =
    <V extends unknown[], R>(what: string, act: (host: Host, ...values: V) => Promise<R>) =>
    async (host: Host, ...values: V): Promise<R> => {
      if (host.name !== 'down.example') return act(host, ...values);
      asked.push(what);
      if (down) throw new HostUnreachable(host.name, false);
      return act(host, ...values);
    };
  Object.assign(stage.deps.users, { owner: unlessDown('owner', owner), probe: unlessDown('probe', probe) });
  later(stage, 3600);
  expect(await run()).toMatchObject({ due: 3, ended: 1, silent: ['down.example'], faults: 0 });
  asked.length = 0;
  const figures: number[] = [];
  for (let minute = 1; minute <= 120; minute++) {
    later(stage, 60);
    const { oldestOverdue, silent } = await run();
    figures.push(oldestOverdue);
    expect(silent).toEqual(['down.example']);
  }
  expect(figures).toEqual(Array.from({ length: 120 }, (_, minute) => (minute + 1) * 60));
  expect(asked).toEqual(Array(120).fill('probe'));
  down = false;
  later(stage, 60);
  expect(await run()).toMatchObject({ due: 2, ended: 2, silent: [], oldestOverdue: 0 });
  expect(await row('b')).toMatchObject({ state: 'ended', proof: { gone: true } });
  expect((await allItems()).filter(({ sk }) => sk === 'reach')).toEqual([]);
}, 60_000);

describe('a member that can not be asked', () => {
  /** The server, and a second member that answers as it is told. */
  const withMember = (says: () => MemberSays['says']) => {
    const { whoKnows, probe } = stage.deps.users;
    const member = 'second.example:27017';
    Object.assign(stage.deps.users, {
      whoKnows: async (...values: Parameters<typeof whoKnows>): ReturnType<typeof whoKnows> => {
        const { there, members } = await whoKnows(...values);
        return { there, members: [...members, { member, says: says(), mechanisms: [] }] };
      },
      probe: async (...values: Parameters<typeof probe>) => {
        await probe(...values);
        return { absent: says() === 'silent' ? [member] : [] };
      },
    } satisfies Partial<MongoUsers>);
    return member;
  };

  test('keeps a grant from its end, and from the figure of what is overdue; after a day it is named', async () => {
    const member = withMember(() => 'silent');
    const login = await grant('a');
    later(stage, 3600);
    expect(await run()).toMatchObject({ due: 1, ended: 0, oldestOverdue: 0, incomplete: 0, silent: [] });
    expect(await row('a')).toMatchObject({ state: 'ending', waitsFor: 'member_not_asked' });
    expect(await loginOf('a', login)).toBe(18);
    later(stage, 86_399);
    expect(await run()).toMatchObject({ due: 1, ended: 0, oldestOverdue: 0 });
    later(stage, 3600);
    expect(await run()).toMatchObject({ due: 1, ended: 1, incomplete: 1 });
    expect(await row('a')).toMatchObject({
      state: 'ended',
      proof: { notAsked: [member], unknownTo: [expect.any(String)], leftOut: ['user_was_gone'] },
    });
    expect(stage.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'proof_incomplete' }));
  });

  test('is asked again within a minute of its return, whatever pause the grant had reached', async () => {
    let says: MemberSays['says'] = 'silent';
    withMember(() => says);
    await grant('a');
    later(stage, 3600);
    for (let minute = 0; minute < 30; minute++) {
      await run();
      later(stage, 60);
    }
    says = 'gone';
    expect(await run()).toMatchObject({ due: 1, ended: 1, incomplete: 0 });
    expect(await row('a')).toMatchObject({ state: 'ended', proof: { notAsked: [] } });
  });

  test('is waited for anew if the user was there again', async () => {
    withMember(() => 'silent');
    await grant('a');
    later(stage, 3600);
    await run();
    later(stage, 86_400);
    const { madeOn } = (await row('a')) ?? {};
    const key = { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` };
    expect(madeOn).toBeDefined();
    const { username, id } = (await row('a')) ?? {};
    const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
    const customData = { mongogrant: { email: '', label: '', grant: id, expires: '', stack: 'mongogrant' } };
    await root.db('a').command({ createUser: username, pwd: 'restored', roles: [], customData });
    expect(await run()).toMatchObject({ ended: 0 });
    expect(await stage.table.get(key)).toMatchObject({ unaskedSince: stage.clock.now.getTime() / 1000 });
  });

  test.each(['known', 'behind'] as const)('or is %s, keeps the grant as well', async (answer) => {
    let says: MemberSays['says'] = answer;
    withMember(() => says);
    await grant('a');
    later(stage, 3600);
    const ended = async () => (await run()).ended;
    expect(await ended()).toBe(0);
    later(stage, 2 * 86_400);
    expect(await ended()).toBe(answer === 'known' ? 0 : 1);
    says = 'gone';
    later(stage, 3600);
    await run();
    expect(await row('a')).toMatchObject({ state: 'ended' });
  });
});

describe('a user that is not there at the first look', () => {
  const drop = async (db: string) => {
    const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
    await root.db(db).command({ dropAllUsersFromDatabase: 1 });
  };

  test('was dropped by somebody, where this is the server on which it was made', async () => {
    await grant('a');
    await drop('a');
    later(stage, 3600);
    expect(await run()).toMatchObject({ ended: 1, unsettled: 0 });
    expect(await row('a')).toMatchObject({
      state: 'ended',
      proof: { unknownTo: [expect.any(String)], leftOut: ['user_was_gone'] },
    });
  });

  test('proves nothing on another server, nor where nobody knows on which it was made', async () => {
    const [a, b] = [await grant('a'), await grant('b')];
    const key = (db: string) => ({ pk: 'grants#you@example.com', sk: `${stage.host}#${db}#readWrite#` });
    await stage.table.update(key('a'), { set: { madeOn: { user: 'mongoadmin', db: 'admin', id: 'elsewhere' } } });
    await stage.table.update(key('b'), { remove: ['madeOn'] });
    await drop('a');
    await drop('b');
    later(stage, 3600);
    expect(await run()).toMatchObject({ due: 2, ended: 0, unsettled: 2 });
    expect([(await row('a'))?.waitsFor, (await row('b'))?.waitsFor]).toEqual([
      'other_deployment',
      'deployment_unknown',
    ]);
    expect([await loginOf('a', a), await loginOf('b', b)]).toEqual([18, 18]);
    later(stage, 60);
    expect(await run()).toMatchObject({ due: 2, ended: 0, unsettled: 2 });
  });

  test('proves nothing if another grant has its name by now, on another server', async () => {
    await grant('a');
    const key = { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` };
    await stage.table.update(key, { set: { madeOn: { user: 'mongoadmin', db: 'admin', id: 'elsewhere' } } });
    const { owner } = stage.deps.users;
    stage.deps.users.owner = async () => ({ grant: 'another' });
    later(stage, 3600);
    expect(await run()).toMatchObject({ ended: 0, unsettled: 1 });
    stage.deps.users.owner = owner;
  });

  test('or one that is seen on another server than it was made on: a copy is dropped, and proves nothing about the first', async () => {
    const login = await grant('a');
    const key = { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` };
    const madeOn = { user: 'mongoadmin', db: 'admin', id: 'elsewhere' };
    await stage.table.update(key, { set: { madeOn } });
    later(stage, 3600);
    expect(await run()).toMatchObject({ ended: 0, unsettled: 1 });
    expect(await loginOf('a', login)).toBe(18);
    expect(await row('a')).toMatchObject({ state: 'ending', waitsFor: 'other_deployment', madeOn });
  });

  test('is no riddle to a second try after a first one that was cut off behind the drop', async () => {
    await grant('a');
    await stage.table.update(
      { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` },
      { remove: ['madeOn'] },
    );
    later(stage, 3600);
    stage.outside.after = (call) => {
      if (call === 'users.drop') throw new HostUnreachable(stage.host, true);
    };
    expect(await run()).toMatchObject({ ended: 0 });
    stage.outside.after = undefined;
    later(stage, 60);
    expect(await run()).toMatchObject({ ended: 1 });
  });
});

test('what goes wrong with what is noted of one host keeps no other from its end', async () => {
  await registerHost('odd.example', { host: '127.0.0.1', port: stage.mongod.port, ...stage.admin });
  await grant('a');
  await grant('b', { host: 'odd.example' });
  await stage.table.put({ pk: 'hosts#odd.example', sk: 'reach', failures: 'many' });
  later(stage, 3600);
  expect(await run()).toMatchObject({ due: 2, ended: 1, faults: 1 });
  expect([(await row('a'))?.state, (await row('b'))?.state]).toEqual(['ended', 'active']);
});

test('two reapers at the same time do no harm', async () => {
  for (let n = 0; n < 10; n++) await grant('a', { label: `l${n}` });
  later(stage, 3600);
  const runs = await Promise.all([run(), run()]);
  expect(runs.map(({ faults }) => faults)).toEqual([0, 0]);
  later(stage, 120);
  await run();
  expect((await rows()).map(({ state }) => state)).toEqual(Array(10).fill('ended'));
  expect(await events('ended')).toHaveLength(10);
});

test('nothing is begun when the time is up, and the next run goes on', async () => {
  await grant('a');
  later(stage, 3600);
  expect(await run(0)).toMatchObject({ due: 1, ended: 0, oldestOverdue: 0 });
  expect(await row('a')).toMatchObject({ state: 'active' });
  later(stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1 });
});

test('a fault of our own at one grant is counted, and keeps no other from its end', async () => {
  await grant('a');
  await grant('b');
  later(stage, 3600);
  let first = true;
  stage.outside.before = (call) => {
    if (call !== 'table.update' || !first) return;
    first = false;
    throw new Error('DynamoDB is away');
  };
  expect(await run()).toMatchObject({ due: 2, ended: 1, faults: 1 });
  stage.outside.before = undefined;
  later(stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1, faults: 0 });
});

describe('a change of the rules', () => {
  const deny = { email: '*', host: '*', db: 'fw_*', role: 'read', which: 'deny' };
  const removed = (rule: Record<string, string>) =>
    stage.ask('DELETE', `/rules?${new URLSearchParams({ host: '*', role: 'readWrite', which: 'allow', ...rule })}`, {
      token: admin,
    });

  test('a deny ends what it forbids, as its dry run said, and nothing else', async () => {
    const [gone, stays] = [await grant('fw_a'), await grant('other')];
    const { json } = await stage.ask('PUT', '/rules?dryRun=true', { token: admin, body: deny });
    await stage.ask('PUT', '/rules', { token: admin, body: deny });
    await run();
    const ended = (await rows()).filter(({ state }) => state === 'ended').map(({ username }) => username);
    expect(ended).toEqual(json.ends.map(({ username }: { username: string }) => username));
    expect([await loginOf('fw_a', gone), await loginOf('other', stays)]).toEqual([18, 'works']);
    expect(await row('fw_a')).toMatchObject({ why: 'rules_changed' });
  });

  test('a removed allow ends what no other rule covers; one that gives less time moves ends forward', async () => {
    await allow({ email: '*@example.com', db: 'shared' });
    await grant('shared');
    await grant('own', { ttl: '20 d' });
    await removed({ email: '*@example.com', db: 'shared' });
    await run();
    expect((await row('shared'))?.state).toBe('active');
    await allow({ email: 'you@example.com', maxTtl: '2 d' });
    await run();
    expect(await row('own')).toMatchObject({
      state: 'active',
      expiresAt: stage.clock.now.getTime() / 1000 + 2 * 86_400,
    });
    expect(await events('shortened')).toHaveLength(1);
    await removed({ email: 'you@example.com', db: '*' });
    await run();
    expect((await rows()).map(({ state }) => state)).toEqual(['ended', 'ended']);
  });

  test('what a request made by the old rules after the first sweep ends with the second one', async () => {
    stage.outside.before = async (call) => {
      if (call !== 'table.put') return;
      stage.outside.before = undefined;
      await stage.ask('PUT', '/rules', { token: admin, body: deny });
      await run();
    };
    const late = await grant('fw_late');
    expect(await loginOf('fw_late', late)).toBe('works');
    later(stage, 60);
    await run();
    expect(await loginOf('fw_late', late)).toBe(18);
    expect((await allItems()).filter(({ pk }) => String(pk).startsWith('sweeps#'))).toEqual([]);
  });

  test('a ruler whose scope gets narrower, or who is dismissed, loses the rules that are outside, and with them go the grants', async () => {
    const scope = { email: 'ruler@lab.org', hosts: 'all', dbs: 'all', emails: ['@lab.org'], which: 'all' };
    await stage.ask('PUT', '/rulers', { token: admin, body: scope });
    const ruler = await stage.tokenFor('ruler@lab.org');
    const by = (token: string, rule: object) =>
      stage.ask('PUT', '/rules', { token, body: { host: '*', role: 'readWrite', which: 'allow', ...rule } });
    await by(ruler, { email: 'ada@lab.org', db: 'fw_*' });
    await by(ruler, { email: 'ada@lab.org', db: 'other' });
    await by(admin, { email: 'ada@lab.org', db: 'admins' });
    const ada = await stage.tokenFor('ada@lab.org');
    for (const db of ['fw_a', 'other', 'admins']) await grant(db, {}, ada);
    await stage.ask('PUT', '/rulers', { token: admin, body: { ...scope, dbs: ['fw_'] } });
    await run();
    const states = async () => Object.fromEntries((await rows()).map(({ db, state }) => [db, state]));
    expect(await states()).toEqual({ fw_a: 'active', other: 'ended', admins: 'active' });
    expect(await events('rule_removed')).toMatchObject([
      { by: 'mongogrant', why: 'out_of_scope', before: { db: 'other' } },
    ]);
    await stage.ask('DELETE', '/rulers?email=ruler@lab.org', { token: admin });
    await run();
    expect(await states()).toEqual({ fw_a: 'ended', other: 'ended', admins: 'active' });
  });
});
