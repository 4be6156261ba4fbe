import { HostRefused, HostUnreachable } from '../../../shared/contract/errors';
import { type ComparedHosts, openComparedHosts } from '../../support/compared-hosts';
import { gateAt } from '../../support/gate';
import { registerHost } from '../../support/stage';

let on: ComparedHosts;
beforeEach(async () => {
  on = await openComparedHosts();
});
afterEach(() => on.close());

const orphanTag = {
  mongogrant: { email: 'you@example.com', label: '', grant: 'none', expires: '', stack: 'mongogrant' },
};
const orphan = (user = 'orphan') =>
  on.byHand('a', { createUser: user, pwd: 'pw', roles: ['readWrite'], customData: orphanTag });
const nothing = { orphans: 0, lost: 0, drifted: 0, faults: 0 };

describe('a grant that is being made beside a run', () => {
  test('is no lost user while its user is not there yet', async () => {
    const gate = gateAt(on.outside, 'users.create');
    const made = on.grant('a');
    await gate.reached;
    expect(await on.run()).toMatchObject(nothing);
    gate.open();
    const { username, password } = await made;
    expect(await on.login('a', { username, password })).toBe('works');
    expect(await on.row('a')).not.toHaveProperty('lostAt');
  });

  test('is no orphan, whichever of its writes the run meets', async () => {
    for (const [index, call] of ['table.update', 'users.create', 'table.put'].entries()) {
      const gate = gateAt(on.outside, call);
      const made = on.grant('a', on.host, `l${index}`);
      await gate.reached;
      expect(await on.run()).toMatchObject({ orphans: 0, lost: 0 });
      gate.open();
      expect(await on.login('a', await made)).toBe('works');
    }
  });

  test('is no lost user where it was made after the run had read the users', async () => {
    const { tagged } = on.deps;
    const list = async (...values: Parameters<typeof tagged.list>) => {
      const seen = await tagged.list(...values);
      await on.grant('a');
      on.settle();
      return seen;
    };
    expect(await on.run({}, { tagged: { ...tagged, list } })).toMatchObject({ ...nothing, hosts: [{ ours: 0 }] });
    expect(await on.row('a')).not.toHaveProperty('lostAt');
    expect(await on.events('user_lost')).toEqual([]);
  });

  test('is no orphan where its user was made after the run had read the grants, or before the index knew of it', async () => {
    const { tagged } = on.deps;
    const late = {
      ...tagged,
      list: async (...values: Parameters<typeof tagged.list>) => {
        await on.grant('a');
        return tagged.list(...values);
      },
    };
    const blind = {
      ...on.deps.table,
      query: async (wanted: Parameters<typeof on.deps.table.query>[0]) =>
        wanted.index === 'listed' ? [] : on.deps.table.query(wanted),
    };
    expect(await on.run({}, { tagged: late, table: blind })).toMatchObject({ ...nothing, hosts: [{ ours: 1 }] });
    on.settle();
    expect(await on.run()).toMatchObject(nothing);
  });

  test('or ended while the run looks at it is not marked', async () => {
    await on.grant('a');
    on.settle();
    const { tagged } = on.deps;
    const look = async (...values: Parameters<typeof tagged.look>) => {
      const seen = await tagged.look(...values);
      await on.ask('DELETE', '/grants?db=a');
      return seen;
    };
    const list = async (...values: Parameters<typeof tagged.list>) => ({ ...(await tagged.list(...values)), ours: [] });
    // Somebody dropped the user by hand just before, so that it looks lost on the second look too.
    const dropped = async (...values: Parameters<typeof tagged.look>) => {
      await on.byHand('a', { dropAllUsersFromDatabase: 1 });
      return look(...values);
    };
    expect(await on.run({}, { tagged: { ...tagged, list, look: dropped } })).toMatchObject({ lost: 0 });
    expect(await on.row('a')).toMatchObject({ state: 'ended' });
    expect(await on.row('a')).not.toHaveProperty('lostAt');
    expect((await on.events('user_lost', 'user_found')).map(({ act }) => act)).toEqual(['user_lost', 'user_found']);
  });
});

describe('a repair', () => {
  beforeEach(async () => {
    const { username } = await on.grant('c');
    await on.byHand('c', { updateUser: username, authenticationRestrictions: [] });
    on.settle();
  });
  const rule = (cidrs: string[]) =>
    on.stage.tokenFor('admin@example.com').then((token) =>
      on.stage.ask('PUT', '/rules', {
        token,
        body: { email: 'you@example.com', host: '*', db: 'c', role: 'readWrite', which: 'allow', cidrs },
      }),
    );
  const ask = () => on.ask('POST', '/grants', { host: on.host, db: 'c', role: 'readWrite' });
  const restrictions = async () =>
    (
      await on.byHand('c', {
        usersInfo: { user: String((await on.row('c'))?.username), db: 'c' },
        showAuthenticationRestrictions: true,
      })
    ).users[0].authenticationRestrictions;

  test('never meets a request that moves the addresses: that one is told to ask again', async () => {
    const gate = gateAt(on.outside, 'users.update');
    const run = on.run();
    await gate.reached;
    await rule(['127.0.0.1']);
    const refused = await ask();
    expect([refused.status, refused.json.code]).toEqual([409, 'grant_busy']);
    gate.open();
    expect(await run).toMatchObject({ drifted: 1, faults: 0, hosts: [{ repaired: 1 }] });
    expect((await ask()).status).toBe(201);
    expect(await restrictions()).toEqual([{ clientSource: ['127.0.0.1'] }]);
  });

  test('is not begun where a request changed the grant meanwhile', async () => {
    await rule(['127.0.0.1']);
    const { tagged } = on.deps;
    const look = async (...values: Parameters<typeof tagged.look>) => {
      const seen = await tagged.look(...values);
      expect((await ask()).status).toBe(201);
      return seen;
    };
    expect(await on.run({}, { tagged: { ...tagged, look } })).toMatchObject({
      hosts: [{ repaired: 0, leftOut: { being_changed: 1 } }],
    });
    expect(await restrictions()).toEqual([{ clientSource: ['127.0.0.1'] }]);
    expect(await on.events('repair_failed')).toMatchObject([{ reason: 'being_changed' }]);
  });

  test('that the host refuses is on record, and changes nothing of the grant', async () => {
    const { users } = on.deps;
    const update = async () => {
      throw new HostRefused(on.host);
    };
    expect(await on.run({}, { users: { ...users, update } })).toMatchObject({
      drifted: 1,
      faults: 0,
      hosts: [{ repaired: 0, leftOut: { host_refused: 1 } }],
    });
    expect(await on.events('repair_failed')).toMatchObject([{ reason: 'host_refused' }]);
    expect(await on.row('c')).toMatchObject({ state: 'active', cidrs: ['127.0.0.0/8'] });
    on.settle();
    expect(await on.run()).toMatchObject({ drifted: 1, hosts: [{ repaired: 1 }] });
  });
});

test('a host that is down, refuses, is unknown or has a bad secret is reported, and holds up no other', async () => {
  await registerHost('down.lab.org', { host: '127.0.0.1', port: on.mongod.port, ...on.stage.admin });
  await registerHost('refuses.lab.org', {
    host: '127.0.0.1',
    port: on.mongod.port,
    username: 'mongogrant',
    password: 'pw',
    authSource: 'a',
  });
  await registerHost('bad.lab.org', { host: '127.0.0.1', port: on.mongod.port });
  const { tagged } = on.deps;
  const list = async (...[host, ...rest]: Parameters<typeof tagged.list>) => {
    if (host.name === 'down.lab.org') throw new HostUnreachable(host.name, false);
    return tagged.list(host, ...rest);
  };
  await orphan();
  const names = ['down.lab.org', 'refuses.lab.org', 'unknown.lab.org', 'bad.lab.org', on.host];
  const run = await on.run({}, { tagged: { ...tagged, list }, hosts: async () => names });
  expect(run).toMatchObject({ orphans: 1, faults: 0 });
  expect(run.hosts).toMatchObject([
    { host: 'down.lab.org', left: 'host_unreachable' },
    { host: 'refuses.lab.org', left: 'host_unreachable' },
    { host: 'unknown.lab.org', left: 'host_unknown' },
    { host: 'bad.lab.org', left: 'secret_unusable' },
    { host: on.host, orphansEnded: 1 },
  ]);
  const reports = await on.events('reconciled');
  expect(Object.fromEntries(reports.map(({ host, reason }) => [host, reason]))).toEqual({
    'down.lab.org': 'host_unreachable',
    'refuses.lab.org': 'host_unreachable',
    'unknown.lab.org': 'host_unknown',
    'bad.lab.org': 'secret_unusable',
    [on.host]: undefined,
  });
});

test('a host that falls silent during a run is asked no more', async () => {
  for (let n = 0; n < 30; n++) {
    await on.grant('a', on.host, `l${n}`);
    if (n < 9) await orphan(`orphan${n}`);
  }
  on.settle();
  let asked = 0;
  const owner = async () => {
    asked += 1;
    throw new HostUnreachable(on.host, true);
  };
  expect(await on.run({}, { users: { ...on.deps.users, owner } })).toMatchObject({
    orphans: 9,
    faults: 0,
    hosts: [{ orphansEnded: 0, leftOut: { host_unreachable: 9 } }],
  });
  expect(asked).toBeLessThan(9);
  on.settle();
  expect(await on.run()).toMatchObject({ hosts: [{ orphansEnded: 9 }] });
});

test.each(['lock', 'revokeRoles', 'drop'] as const)(
  'an orphan stays where its %s got no answer, and so does the host with that run until the command can no longer arrive',
  async (step) => {
    await orphan();
    const silent = async () => {
      throw new HostUnreachable(on.host, true);
    };
    expect(await on.run({}, { users: { ...on.deps.users, [step]: silent } })).toMatchObject({
      hosts: [{ orphans: 1, orphansEnded: 0, leftOut: { host_unreachable: 1 } }],
    });
    expect(await on.userNamed('orphan', 'a')).toBeDefined();
    expect(await on.run()).toMatchObject({ hosts: [{ left: 'being_reconciled' }] });
    on.settle();
    expect(await on.run()).toMatchObject({ hosts: [{ orphansEnded: 1 }] });
  },
);

test('many orphans at once, and few other users, look like a mistake: they are reported, and end where somebody says so', async () => {
  for (let n = 0; n < 11; n++) await orphan(`orphan${n}`);
  const left = { orphans: 11, hosts: [{ orphansEnded: 0, leftOut: { too_many_orphans: 11 } }] };
  expect(await on.run()).toMatchObject(left);
  expect((await on.byHand('a', { usersInfo: 1 })).users).toHaveLength(11);
  expect(await on.run({ host: on.host, force: true })).toMatchObject({ hosts: [{ orphansEnded: 11, leftOut: {} }] });
  expect((await on.byHand('a', { usersInfo: 1 })).users).toEqual([]);
});

test('two runs at once do not meet at one host', async () => {
  await orphan();
  const runs = await Promise.all([on.run(), on.run()]);
  expect(runs.map(({ hosts: [one] }) => one && 'left' in one && one.left)).toContain('being_reconciled');
  expect(await on.events('orphan_ended')).toHaveLength(1);
  expect(await on.run()).toMatchObject(nothing);
});

test('nothing is begun when the time is up', async () => {
  await orphan();
  const clock = on.deps.clock;
  const { tagged } = on.deps;
  let late = 0;
  const list = async (...values: Parameters<typeof tagged.list>) => {
    late = 700_000;
    return tagged.list(...values);
  };
  const run = await on.run({}, { tagged: { ...tagged, list }, clock: () => clock() + late });
  expect(run).toMatchObject({ hosts: [{ orphans: 1, orphansEnded: 0, leftOut: { time_up: 1 } }] });
  expect(await on.run()).toMatchObject({ hosts: [{ orphansEnded: 1 }] });
});
