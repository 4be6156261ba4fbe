import { HostRefused, HostUnreachable } from '../../../shared/contract/errors';
import { type Doomed, lockAndDrop, proveGone } from '../../../shared/grants/remove-user';
import type { MemberSays } from '../../../shared/mongo/mongo-members';
import type { Login } from '../../../shared/mongo/mongo-servers';
import type { Host, MongoUsers } from '../../../shared/mongo/mongo-users';
import { memoryUsers, type StoredUsers } from '../../support/memory-users';

const host: Host = {
  name: 'h.lab.org',
  secret: { host: 'h.lab.org', port: 27017, username: 'mongogrant', password: 'pw', authSource: 'admin' },
};
const name = { user: 'ada_lab.org_read', db: 'fw' };
const roles = [{ role: 'read', db: 'fw' }];
const tag = { email: 'ada@lab.org', label: '', grant: 'g1', expires: '', stack: 'lab' };

/** What there is to look at when a user is removed from a host of which some functions answer otherwise. */
async function open(otherwise: Partial<MongoUsers>) {
  const stored: StoredUsers = new Map();
  const memory = memoryUsers(stored);
  await memory.create(host, { ...name, password: 'handed out', roles, tag, cidrs: [] });
  const trials: Login[] = [];
  const warnings: [string, object][] = [];
  const tryLogin: MongoUsers['tryLogin'] = async (_host, _member, login) => {
    trials.push(login);
    return 'refused';
  };
  const log = { info() {}, error() {}, warn: (code: string, facts: object = {}) => void warnings.push([code, facts]) };
  const deps = { users: { ...memory, tryLogin, ...otherwise }, log };
  const remove = (ifLate: 'drop' | 'stop' = 'drop', doomed: Partial<Doomed> = {}) =>
    lockAndDrop(deps, host, { doomed: { ...name, roles, grant: 'g1', ...doomed }, at: 7, ifLate });
  return { deps, stored, trials, warnings, remove };
}

const throws = (fault: Error) => async () => Promise.reject(fault);
const member = (says: MemberSays['says'], mechanisms: Login['mechanism'][] = ['SCRAM-SHA-256'], more = {}) => ({
  member: `${says}:1`,
  says,
  mechanisms,
  ...more,
});
const members = (...all: MemberSays[]) => ({ whoKnows: async () => ({ there: false, members: all }) });

test('a step that the server does not offer is named, and no fault', async () => {
  for (const [step, call] of [
    ['roles', 'revokeRoles'],
    ['sessions', 'killSessions'],
  ] as const) {
    const { remove, stored, warnings } = await open({ [call]: async () => 'not_offered' });
    expect(await remove()).toMatchObject({ state: 'removed', late: false, proof: { leftOut: [step] } });
    expect([stored.size, warnings]).toEqual([0, []]);
  }
  const { remove } = await open({ killSessions: async () => 'missing', killSessionsLeft: async () => 'not_offered' });
  expect(await remove()).toMatchObject({ proof: { leftOut: ['sessions_left'] } });
});

test('a step that fails is named, told in the log, and holds nothing up', async () => {
  const refused = throws(new HostRefused('h.lab.org'));
  const { remove, stored, warnings } = await open({
    ...{ lock: refused, revokeRoles: refused, killSessions: refused, killSessionsLeft: refused },
  });
  const steps = ['lock', 'roles', 'sessions', 'sessions_left'];
  expect(await remove()).toMatchObject({ state: 'removed', late: false, proof: { leftOut: steps } });
  expect(stored.size).toBe(0);
  expect(warnings).toEqual(
    steps.map((step) => ['step_left_out', expect.objectContaining({ step, grant: 'g1', fault: 'HostRefused' })]),
  );
});

test('only a command that left, and got no answer, may still arrive', async () => {
  for (const [fault, late] of [
    [new HostUnreachable('h.lab.org', true), true],
    [new HostUnreachable('h.lab.org', false), false],
    [new HostRefused('h.lab.org'), false],
    [Object.assign(new Error('another'), { sent: true }), false],
  ] as const) {
    const { remove } = await open({ revokeRoles: throws(fault) });
    expect(await remove()).toMatchObject({ state: 'removed', late });
  }
});

test('who can not wait for a lock that may still arrive stops there', async () => {
  const { remove, stored } = await open({ lock: throws(new HostUnreachable('h.lab.org', true)) });
  await expect(remove('stop')).rejects.toThrow(HostUnreachable);
  expect(stored.size).toBe(1);
});

test('what can not be noted on sight stops it before the drop', async () => {
  const { deps, stored } = await open({});
  const doomed = { ...name, roles, grant: 'g1' };
  const onSight = throws(new Error('table'));
  const removed = lockAndDrop(deps, host, { doomed, at: 7, ifLate: 'drop', onSight });
  await expect(removed).rejects.toThrow('table');
  expect(stored.size).toBe(1);
});

test('where no role is to be taken none is asked for', async () => {
  const { remove } = await open({ revokeRoles: throws(new HostRefused('h.lab.org')) });
  expect(await remove('drop', { roles: [] })).toMatchObject({ proof: { leftOut: [] } });
});

test('a host of which no member is known has shown nothing', async () => {
  const { remove } = await open(members());
  expect(await remove()).toMatchObject({ proof: { unknownTo: [], notAsked: ['h.lab.org'] } });
});

test('one member that tells of no names, or is a router, is told among others that are not', async () => {
  const { remove } = await open(members(member('gone'), member('untold'), member('gone', undefined, { router: true })));
  expect(await remove()).toMatchObject({ proof: { leftOut: ['names', 'other_routers'] } });
});

test('a member that is silent is not asked for a login, either', async () => {
  const { remove, trials } = await open(members(member('gone'), member('silent')));
  await remove();
  expect(trials).toHaveLength(1);
});

describe('where nobody knows which mechanisms the user had', () => {
  const unknown = { lock: async () => ({ left: [] }), owner: async () => ({ state: 'tagged' as const, grant: 'g1' }) };
  const used = async (...all: MemberSays[]) => {
    const { remove, trials } = await open({ ...unknown, ...members(...all) });
    await remove();
    return trials.map(({ mechanism }) => mechanism);
  };

  test('the only one that the member offers is tried, and none of several', async () => {
    expect(await used(member('gone', ['SCRAM-SHA-256']))).toEqual(['SCRAM-SHA-256']);
    expect(await used(member('gone', ['SCRAM-SHA-256', 'SCRAM-SHA-1']))).toEqual([]);
  });

  test('the one of our own login is, where the member tells of none', async () => {
    expect(await used(member('untold', []))).toEqual(['SCRAM-SHA-1']);
  });
});

test('of several that the user had the one of our own login is tried, where the member tells of none', async () => {
  const both: Login['mechanism'][] = ['SCRAM-SHA-256', 'SCRAM-SHA-1'];
  const { remove, trials } = await open({
    ...members(member('untold', [])),
    lock: async () => ({ left: [] }),
    owner: async () => ({ state: 'tagged' as const, grant: 'g1', mechanisms: both }),
  });
  await remove();
  expect(trials.map(({ mechanism }) => mechanism)).toEqual(['SCRAM-SHA-1']);
});

test('sessions of a user who is gone that can not be ended are told, and nothing of it comes late', async () => {
  const { deps, warnings } = await open({
    ...members(member('gone')),
    killSessionsLeft: throws(new HostUnreachable('h.lab.org', true)),
  });
  expect(await proveGone(deps, host, { name, at: 7 })).toMatchObject({
    state: 'removed',
    late: false,
    proof: { leftOut: ['user_was_gone', 'sessions_left'] },
  });
  expect(warnings).toEqual([['step_left_out', expect.objectContaining({ step: 'sessions_left' })]]);
});
