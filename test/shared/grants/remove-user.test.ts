import { HostRefused, HostUnreachable } from '../../../shared/contract/errors';
import { lockAndDrop, proveGone } from '../../../shared/grants/remove-user';
import type { MemberSays } from '../../../shared/mongo/mongo-members';
import type { Login } from '../../../shared/mongo/mongo-servers';
import type { Host, MongoUsers, NewUser } from '../../../shared/mongo/mongo-users';
import { memoryUsers } from '../../support/memory-users';

const log = { info() {}, warn() {}, error() {} };
const host: Host = {
  name: 'h.lab.org',
  secret: { host: 'h.lab.org', port: 27017, username: 'mongogrant', password: 'pw', authSource: 'admin' },
};
const name = { user: 'ada_lab.org_read', db: 'fw' };
const roles = [{ role: 'read', db: 'fw' }];
const tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '2027-01-01T00:00:00.000Z', stack: 'lab' };
const ada: NewUser = { ...name, password: 'handed out', roles, tag, cidrs: [] };

const member = (says: MemberSays['says'], more: Partial<MemberSays> = {}): MemberSays => ({
  member: 'second:27017',
  says,
  mechanisms: ['SCRAM-SHA-256'],
  ...more,
});

/** Ends a user on a host of which some functions answer otherwise. Each trial login is noted. */
async function end(change: (users: MongoUsers) => Partial<MongoUsers>) {
  const memory = memoryUsers();
  await memory.create(host, ada);
  const trials: Login[] = [];
  const calls: string[] = [];
  const tryLogin: MongoUsers['tryLogin'] = async (_host, _member, login) => {
    trials.push(login);
    return 'refused';
  };
  const users = { ...memory, tryLogin, ...change({ ...memory, tryLogin }) };
  for (const [call, act] of Object.entries(users))
    Object.assign(users, {
      [call]: (...values: never[]) => {
        calls.push(call);
        return (act as (...values: never[]) => unknown)(...values);
      },
    });
  const removal = await lockAndDrop({ users, log }, host, {
    doomed: { ...name, roles, grant: 'g1' },
    at: 7,
    ifLate: 'drop',
  });
  return { removal, trials, calls };
}

const withMembers =
  (...members: MemberSays[]) =>
  () => ({ whoKnows: async () => ({ there: false, members }) });

test('a name that every member forgot, and a login that each refused, are proof', async () => {
  const { removal, trials } = await end(withMembers(member('gone'), member('gone', { member: 'third:27017' })));
  expect(removal).toEqual({
    state: 'removed',
    late: false,
    proof: {
      ...{ at: 7, gone: true, notAsked: [], leftOut: [] },
      unknownTo: ['second:27017', 'third:27017'],
      refusedBy: ['second:27017', 'third:27017'],
    },
  });
  expect(trials).toHaveLength(2);
});

test('a user that is there again on the server that takes writes is none', async () => {
  const { removal } = await end(() => ({ whoKnows: async () => ({ there: true, members: [member('gone')] }) }));
  expect(removal).toEqual({ state: 'known', reason: 'still_known' });
});

test('a member that knows the name is none, whatever is said of a password', async () => {
  const { removal, trials } = await end(withMembers(member('gone'), member('known')));
  expect(removal).toEqual({ state: 'known', reason: 'still_known' });
  expect(trials).toEqual([]);
});

test('a login that is accepted anywhere is none', async () => {
  const { removal } = await end(() => ({ ...withMembers(member('gone'))(), tryLogin: async () => 'accepted' }));
  expect(removal).toEqual({ state: 'known', reason: 'still_accepted' });
});

test('a trial that got no answer is no refusal: the name that is not known stands alone', async () => {
  const { removal } = await end(() => ({ ...withMembers(member('gone'))(), tryLogin: async () => 'unreachable' }));
  expect(removal).toMatchObject({ proof: { unknownTo: ['second:27017'], refusedBy: [], notAsked: [] } });
});

test.each(['silent', 'behind'] as const)('a member that is %s was not asked', async (says) => {
  const { removal } = await end(withMembers(member('gone', { member: 'first:27017' }), member(says)));
  expect(removal).toMatchObject({
    proof: { unknownTo: ['first:27017'], notAsked: ['second:27017'] },
  });
});

test('routers that nobody names are a gap that is told', async () => {
  const { removal } = await end(withMembers(member('gone', { router: true })));
  expect(removal).toMatchObject({ proof: { unknownTo: ['second:27017'], leftOut: ['other_routers'] } });
});

describe('where a server tells of no name whether it knows it', () => {
  const untold = member('untold', { mechanisms: [] });

  test('the refused login is the only witness, and named so', async () => {
    const { removal } = await end(withMembers(untold));
    expect(removal).toMatchObject({
      proof: { unknownTo: [], refusedBy: ['second:27017'], notAsked: [], leftOut: ['names'] },
    });
  });

  test('a trial without an answer, or none for want of a password, leaves nothing', async () => {
    const { removal } = await end(() => ({ ...withMembers(untold)(), tryLogin: async () => 'unreachable' }));
    expect(removal).toMatchObject({ proof: { refusedBy: [], notAsked: ['second:27017'] } });
    const unlocked = await end(() => ({ ...withMembers(untold)(), lock: async () => ({ left: ['password'] }) }));
    expect(unlocked.removal).toMatchObject({ proof: { notAsked: ['second:27017'], leftOut: ['password', 'names'] } });
  });
});

describe('a trial takes a mechanism that the member offers to the user', () => {
  const sha1 = ['SCRAM-SHA-1' as const];
  const both = [...sha1, 'SCRAM-SHA-256' as const];
  const owner = (mechanisms: Login['mechanism'][]) => async () => ({
    state: 'tagged' as const,
    grant: 'g1',
    mechanisms,
  });
  const lockAll = async () => ({ left: [] });

  test.each([
    ['the one of a lock', both, { lock: async () => ({ left: [], mechanisms: ['SCRAM-SHA-256' as const] }) }, both],
    ['SCRAM-SHA-1 where it knows no other', sha1, { lock: lockAll, owner: owner(both) }, sha1],
    ['SCRAM-SHA-1 where the user has no other', sha1, { lock: lockAll, owner: owner(sha1) }, both],
    ['none where there is none for both', [], { lock: lockAll, owner: owner(sha1) }, ['SCRAM-SHA-256' as const]],
  ])('%s', async (_, expected, users, offered) => {
    const { trials } = await end(() => ({ ...withMembers(member('gone', { mechanisms: offered }))(), ...users }));
    const used = trials.map(({ mechanism }) => mechanism);
    expect(used).toEqual(expected.length === 2 ? ['SCRAM-SHA-256'] : expected);
  });
});

test.each([2, 9, 13, 72, 9999])('a lock that fails with %i empties no proof', async (code) => {
  const { removal, calls } = await end(() => ({
    ...withMembers(member('gone'))(),
    lock: async () => Promise.reject(new HostRefused(host.name, { cause: code })),
  }));
  expect(removal).toMatchObject({ proof: { unknownTo: ['second:27017'], leftOut: ['lock'] } });
  expect(calls).toContain('killSessionsLeft');
});

test('sessions are ended before the drop, and after it where that was not sure', async () => {
  const { calls } = await end(() => ({}));
  expect(calls.filter((call) => /drop|kill/.test(call))).toEqual(['killSessions', 'drop']);
  const missed = await end(() => ({ killSessions: async () => 'missing' }));
  expect(missed.calls.filter((call) => /drop|kill/.test(call))).toEqual(['killSessions', 'drop', 'killSessionsLeft']);
  const open = await end(() => ({ lock: async () => ({ left: ['addresses'] }) }));
  expect(open.calls).toContain('killSessionsLeft');
});

test('a step without an answer makes the end a late one; who can not wait for it stops', async () => {
  const silent = () => ({ revokeRoles: async () => Promise.reject(new HostUnreachable(host.name, true)) });
  expect((await end(silent)).removal).toMatchObject({ state: 'removed', late: true });
  const memory = memoryUsers();
  await memory.create(host, ada);
  const stopped = lockAndDrop({ users: { ...memory, ...silent() }, log }, host, {
    doomed: { ...name, roles, grant: 'g1' },
    at: 7,
    ifLate: 'stop',
  });
  await expect(stopped).rejects.toThrow('does not answer');
  expect(await memory.owner(host, name)).toMatchObject({ grant: 'g1' });
});

test('who has the name is told apart, and left alone', async () => {
  const memory = memoryUsers();
  const look = () =>
    lockAndDrop({ users: memory, log }, host, { doomed: { ...name, roles, grant: 'g1' }, at: 7, ifLate: 'drop' });
  expect(await look()).toEqual({ state: 'missing' });
  await memory.create(host, { ...ada, tag: { ...tag, grant: 'g2' } });
  expect(await look()).toEqual({ state: 'taken' });
  expect(await memory.owner(host, name)).toMatchObject({ grant: 'g2' });
});

test('what is done on sight is over before the drop', async () => {
  const order: string[] = [];
  const memory = memoryUsers();
  await memory.create(host, ada);
  const users: MongoUsers = {
    ...memory,
    drop: async (...values) => {
      order.push('drop');
      return memory.drop(...values);
    },
  };
  const onSight = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push('seen');
  };
  const doomed = { ...name, roles, grant: 'g1' };
  await lockAndDrop({ users, log }, host, { doomed, at: 7, ifLate: 'drop', onSight });
  expect(order).toEqual(['seen', 'drop']);
});

test('a user who was gone before is proved to be gone member by member, and its sessions are ended by name', async () => {
  const calls: string[] = [];
  const users = {
    ...memoryUsers(),
    ...withMembers(member('gone'), member('behind', { member: 'third:27017' }))(),
    killSessionsLeft: async () => {
      calls.push('killSessionsLeft');
      return 'killed' as const;
    },
  };
  expect(await proveGone({ users, log }, host, { name, at: 7 })).toMatchObject({
    proof: { unknownTo: ['second:27017'], refusedBy: [], notAsked: ['third:27017'], leftOut: ['user_was_gone'] },
  });
  expect(calls).toEqual(['killSessionsLeft']);
});
