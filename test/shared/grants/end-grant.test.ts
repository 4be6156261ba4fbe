import type { HostSecret } from '../../../shared/aws/secrets';
import { HostRefused, HostUnreachable } from '../../../shared/contract/errors';
import { type Cause, endGrant, sayEnding, whyNotEnded } from '../../../shared/grants/end-grant';
import type { MemberSays } from '../../../shared/mongo/mongo-members';
import type { MongoUsers } from '../../../shared/mongo/mongo-users';
import { type GrantItem, type LivingGrant, parseGrant } from '../../../shared/store/grants/row';
import { counts } from '../../../shared/store/grants/states';
import { keys } from '../../../shared/store/keys';
import { lease } from '../../../shared/store/lease';
import { memoryTable, type StoredItems } from '../../support/memory-table';
import { home, memoryUsers, type StoredUsers, userId } from '../../support/memory-users';
import { seedGrant } from '../../support/seed-grant';

const now = new Date('2027-01-01T00:00:00.000Z');
const at = now.getTime() / 1000;
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const secret: HostSecret = { host: 'h', port: 1, username: 'mongogrant', password: 'pw', authSource: 'admin' };
const elsewhere = { user: 'mongogrant', db: 'admin', id: '22222222-2222-4222-8222-222222222222' };
const name = { user: 'ada_lab.org_read', db: 'fw' };

/** One grant in force with its user, on a host of which some functions answer otherwise. */
async function open(
  change: Partial<GrantItem> = {},
  otherwise: (users: MongoUsers) => Partial<MongoUsers> = () => ({}),
) {
  const items: StoredItems = new Map();
  const stored: StoredUsers = new Map();
  const table = memoryTable(items);
  const errors: [string, object][] = [];
  const memory = memoryUsers(stored);
  const deps = {
    table,
    secrets: { host: async (): Promise<HostSecret | undefined> => secret },
    users: { ...memory, ...otherwise(memory) },
    log: { info() {}, warn() {}, error: (code: string, facts: object = {}) => void errors.push([code, facts]) },
  };
  const grant: GrantItem = {
    ...{ id: 'g1', email: 'ada@lab.org', host: 'h', db: 'fw', role: 'read', label: '' },
    ...{ username: name.user, usersDb: name.db, state: 'active', version: 1, issuedAt: at - 100, expiresAt: at + 900 },
    ...{ creatingUntil: 0, changingUntil: 0, endingUntil: 0, cidrs: [], madeOn: home },
    ...change,
  };
  await seedGrant(table, grant);
  const user = (tag: string | undefined) => {
    const marks = { email: 'ada@lab.org', label: '', grant: tag ?? '', expires: '', stack: 'lab' };
    const roles = [{ role: 'read', db: 'fw' }];
    stored.set(userId(name), { ...name, password: 'handed out', roles, cidrs: [], ...(tag && { tag: marks }) });
  };
  user('g1');
  const row = async () => (await table.get(keys.grant(grant))) ?? {};
  const living = async () => {
    const found = parseGrant(await row());
    if (!counts(found)) throw new Error('It has ended.');
    return found;
  };
  const end = async (cause: Partial<Cause> = {}, moment = now, found?: LivingGrant) =>
    endGrant(
      deps,
      found ?? (await living()),
      { why: 'revoked', by: 'boss@lab.org', source: { requestId: 'r1', ip: '192.0.2.7' }, ...cause },
      moment,
    );
  const events = () => [...items.values()].filter(({ pk }) => pk === keys.events('2027-01-01'));
  const shown = () => events().map(({ act, reason }) => (reason ? `${act} ${reason}` : act));
  return { deps, grant, stored, errors, user, row, living, end, events, shown };
}

const says = (...members: MemberSays[]) => ({ whoKnows: async () => ({ there: false, members }) });
const member = (what: MemberSays['says']): MemberSays => ({
  member: `${what}:1`,
  says: what,
  mechanisms: ['SCRAM-SHA-256'],
});
const throws = (fault: Error) => async () => Promise.reject(fault);

test('a grant in force ends: its user is gone, its row is closed with the proof, and both are on record', async () => {
  const { end, row, stored, events, errors } = await open();
  const proof = { at, gone: true, unknownTo: ['memory:27017'], refusedBy: ['memory:27017'], notAsked: [], leftOut: [] };
  expect(await end()).toMatchObject({ state: 'ended', grant: { id: 'g1', state: 'ended', proof } });
  expect(stored.size).toBe(0);
  expect(await row()).toMatchObject({ state: 'ended', endedAt: at, endingUntil: 0, changingUntil: 0, proof });
  const who = { email: 'ada@lab.org', by: 'boss@lab.org', why: 'revoked', requestId: 'r1', ip: '192.0.2.7' };
  expect(events()).toEqual([
    expect.objectContaining({ act: 'ending', ...who, grant: expect.objectContaining({ id: 'g1' }) }),
    expect.objectContaining({ act: 'ended', ...who, proof, grant: expect.objectContaining({ id: 'g1' }) }),
  ]);
  expect(events()[0]).not.toHaveProperty('proof');
  expect(errors).toEqual([]);
});

test('where its row is changed while it ends, the answer says all the same what was proved', async () => {
  const { deps, end } = await open();
  const update = deps.table.update;
  deps.table.update = async (...values) => (values[1].set?.state === 'ended' ? undefined : update(...values));
  expect(await end()).toMatchObject({ state: 'ended', grant: { id: 'g1', state: 'ended', proof: { at, gone: true } } });
});

test('the reason for which it began to end stays its reason', async () => {
  const { end, row, events } = await open({ state: 'ending', why: 'expired', by: 'reaper' });
  await end();
  expect(await row()).toMatchObject({ state: 'ended', why: 'expired', by: 'reaper' });
  expect(events().map(({ why }) => why)).toEqual(['expired']);
});

test('an end by time is on record once, and before the row is closed', async () => {
  const { deps, end, row, shown } = await open({ expiresAt: at });
  const { update } = deps.table;
  deps.table.update = async (...values) => {
    if (values[1].set?.state === 'ended') throw new Error('the end of this process');
    return update(...values);
  };
  await expect(end({ why: 'expired', onlyIf: 'expired' })).rejects.toThrow('the end of this process');
  expect([await row(), shown()]).toMatchObject([{ state: 'ending', why: 'expired' }, ['ended']]);
  deps.table.update = update;
  expect(await end({}, later(lease))).toMatchObject({ state: 'ended' });
  expect([await row(), shown()]).toMatchObject([{ state: 'ended', why: 'expired' }, ['ended', 'ended']]);
});

test('an end by time that can not be put on record does not close the row', async () => {
  const { deps, end, row } = await open({ expiresAt: at });
  deps.table.put = async () => Promise.reject(new Error('throttled'));
  await expect(end({ why: 'expired', onlyIf: 'expired' })).rejects.toThrow('throttled');
  expect(await row()).toMatchObject({ state: 'ending' });
});

test('a grant that lives on keeps its user', async () => {
  const { end, row, stored } = await open();
  expect(await end({ why: 'expired', onlyIf: 'expired' })).toMatchObject({
    state: 'spared',
    grant: { state: 'active' },
  });
  expect(await row()).toMatchObject({ state: 'active', version: 1 });
  expect(stored.size).toBe(1);
});

test('where another request is ending it, this one leaves it alone', async () => {
  const { end, stored, shown } = await open({ state: 'ending', endingUntil: at + 1 });
  expect(await end()).toMatchObject({ state: 'busy', grant: { state: 'ending' } });
  expect([stored.size, shown()]).toEqual([1, []]);
});

test('one that has ended is left as it is, and so is the user that has its name by now', async () => {
  const { deps, grant, living, end, row, stored, shown } = await open();
  const before = await living();
  await seedGrant(deps.table, { ...grant, state: 'ended', endedAt: at - 7 });
  expect(await end({}, now, before)).toMatchObject({ state: 'ended', grant: { endedAt: at - 7 } });
  expect(await row()).toMatchObject({ version: 1 });
  expect([stored.size, shown()]).toEqual([1, ['ending']]);
});

describe('it stays pending, and says why, in the row, in the answer and on record,', () => {
  const pending = async (opened: Awaited<ReturnType<typeof open>>, reason: string) => {
    expect(await opened.end()).toEqual({
      ...(reason === 'grant_busy' ? { state: 'busy' } : { state: 'failed', reason }),
      grant: expect.objectContaining({ state: 'ending' }),
    });
    const row = await opened.row();
    expect(row).toMatchObject({ state: 'ending', waitsFor: reason, failures: 1, endingUntil: 0 });
    expect(Number(row.retryAt)).toBeGreaterThan(at);
    expect(row).not.toHaveProperty('proof');
    expect(opened.shown()).toEqual(['ending', `end_pending ${reason}`]);
    expect(opened.events()[1]).not.toHaveProperty('proof');
    return opened;
  };

  test('where the host has no secret', async () => {
    const opened = await open();
    opened.deps.secrets.host = async () => undefined;
    const { stored, errors } = await pending(opened, 'host_unknown');
    expect([stored.size, errors]).toEqual([1, []]);
  });

  test.each([
    [new HostUnreachable('h', true), 'host_unreachable'],
    [new HostRefused('h'), 'host_refused'],
    [new Error('a bug'), 'internal'],
  ])('where the user can not be dropped: %s', async (fault, reason) => {
    const { errors } = await pending(await open({}, () => ({ drop: throws(fault) })), reason);
    expect(errors).toEqual([['end_failed', expect.objectContaining({ grant: 'g1', host: 'h', fault: fault.name })]]);
  });

  test('where a request may still be about to make its user', async () => {
    const { stored } = await pending(await open({ creatingUntil: at + 1 }), 'grant_busy');
    expect(stored.size).toBe(0);
    const over = await open({ creatingUntil: at });
    expect(await over.end()).toMatchObject({ state: 'ended' });
  });

  test('where its user is seen on another deployment than its own', async () => {
    const { stored } = await pending(await open({ madeOn: elsewhere }), 'other_deployment');
    expect(stored.size).toBe(0);
  });

  test('where its user is missing, and the server is another one, or nobody knows which it was', async () => {
    for (const [madeOn, reason] of [
      [elsewhere, 'other_deployment'],
      [undefined, 'deployment_unknown'],
    ] as const) {
      const opened = await open({ madeOn });
      opened.stored.clear();
      await pending(opened, reason);
    }
  });

  test('where a user without our tag has its name', async () => {
    const opened = await open();
    opened.user(undefined);
    const { stored } = await pending(opened, 'user_not_ours');
    expect(stored.size).toBe(1);
  });

  test('where some member still knows the name, dropped now or before', async () => {
    await pending(await open({}, () => says(member('gone'), member('known'))), 'still_known');
    const missing = await open({}, () => says(member('known')));
    missing.stored.clear();
    await pending(missing, 'still_known');
    // Nothing takes this word back: neither that it may never have been made, nor that it is somewhere else.
    for (const change of [{ creatingUntil: at - 1 }, { madeOn: elsewhere }])
      await pending(await open(change, () => says(member('known'))), 'still_known');
  });

  test('where some member could not be asked', async () => {
    const { row, errors } = await pending(
      await open({}, () => says(member('gone'), member('silent'))),
      'member_not_asked',
    );
    expect(await row()).toMatchObject({ unaskedSince: at });
    expect(errors).toEqual([]);
  });
});

describe('a user who is missing', () => {
  test('is proved to be gone, member by member, where a login was handed out', async () => {
    const { stored, end, row } = await open({}, () => says(member('gone')));
    stored.clear();
    const proof = { at, gone: true, unknownTo: ['gone:1'], refusedBy: [], notAsked: [], leftOut: ['user_was_gone'] };
    expect(await end()).toMatchObject({ state: 'ended', grant: { proof } });
    expect(await row()).toMatchObject({ changingUntil: 0 });
  });

  const asked = () => ({ whoKnows: throws(new Error('asked')) });
  const noMember = { gone: true, unknownTo: [], refusedBy: [], leftOut: ['user_was_gone'] };

  test.each<[string, Partial<GrantItem>]>([
    ['may never have been made', { creatingUntil: at - 1, madeOn: undefined }],
    ['was not made', { why: 'not_made', state: 'ending', madeOn: undefined }],
  ])('and %s needs no more proof', async (_, change) => {
    const { stored, end, row } = await open(change, asked);
    stored.clear();
    expect(await end()).toMatchObject({ state: 'ended', grant: { proof: noMember } });
    expect(await row()).toMatchObject({ changingUntil: 0 });
  });

  test('nor does one whose name is a user’s that is not ours, as it was never made', async () => {
    const { stored, user, end } = await open({ creatingUntil: at - 1 }, asked);
    user(undefined);
    expect(await end()).toMatchObject({ state: 'ended', grant: { proof: noMember } });
    expect(stored.size).toBe(1);
  });

  test('nor one whose name is another grant’s by now, on the same server', async () => {
    const { stored, user, end, row } = await open({}, asked);
    user('g2');
    expect(await end()).toMatchObject({ state: 'ended', grant: { proof: noMember } });
    expect(await row()).toMatchObject({ changingUntil: 0 });
    expect(stored.size).toBe(1);
    const other = await open({ madeOn: elsewhere }, asked);
    other.user('g2');
    expect(await other.end()).toMatchObject({ state: 'failed', reason: 'other_deployment' });
  });
});

describe('the deployment on which its user is', () => {
  test('is noted on sight, before the drop, where the row does not say', async () => {
    const { row, end } = await open({ madeOn: undefined }, () => ({ drop: throws(new HostUnreachable('h', true)) }));
    expect(await end()).toMatchObject({ state: 'failed', reason: 'host_unreachable' });
    expect(await row()).toMatchObject({ madeOn: home });
    expect(await (await open({ madeOn: undefined })).end()).toMatchObject({ state: 'ended' });
  });

  test('may have another name by now, if it says that it is the same', async () => {
    const { end } = await open({ madeOn: elsewhere }, () => ({ isDeployment: async () => true }));
    expect(await end()).toMatchObject({ state: 'ended' });
  });

  test('is not asked where the row names it, nor where the server tells of none', async () => {
    const isDeployment = throws(new Error('asked'));
    const { end } = await open({}, () => ({ isDeployment }));
    expect(await end()).toMatchObject({ state: 'ended' });
    const quiet = await open({ madeOn: elsewhere }, () => ({
      isDeployment,
      owner: async () => ({ state: 'tagged', grant: 'g1' }),
    }));
    expect(await quiet.end()).toMatchObject({ state: 'ended' });
  });
});

describe('a member that can not be asked', () => {
  const away = () => says(member('gone'), member('silent'));
  const day = 86_400;

  test('keeps the grant for as long as was said, from the first time on; then it is named, and rings', async () => {
    const { end, row, errors, shown } = await open({}, away);
    await end({ unaskedAfter: day });
    expect(await end({ unaskedAfter: day }, later(day - 1))).toMatchObject({ state: 'failed' });
    expect(await row()).toMatchObject({ unaskedSince: at, failures: 2 });
    expect(errors).toEqual([]);
    expect(await end({ unaskedAfter: day }, later(day))).toMatchObject({
      state: 'ended',
      grant: { proof: { notAsked: ['silent:1'] } },
    });
    expect(errors).toEqual([['proof_incomplete', { grant: 'g1', host: 'h', notAsked: ['silent:1'] }]]);
    expect(shown()[0]).toBe('ending');
    expect(shown().slice(1, 3)).toEqual(Array(2).fill('end_pending member_not_asked'));
  });

  test('keeps it for ever where nobody said how long', async () => {
    const { end } = await open({}, away);
    await end();
    expect(await end({}, later(1000 * day))).toMatchObject({ state: 'failed', reason: 'member_not_asked' });
  });

  test('has its time again where a user of the grant was seen once more', async () => {
    const { end, row, user } = await open({}, away);
    await end({ unaskedAfter: day });
    user('g1');
    expect(await end({ unaskedAfter: day }, later(day))).toMatchObject({ state: 'failed' });
    expect(await row()).toMatchObject({ unaskedSince: at + day });
  });

  test('is not forgotten for a host that is away, but for one that says something else', async () => {
    const faults: Error[] = [];
    const { end, row, deps } = await open({}, away);
    await end();
    const owner = deps.users.owner;
    deps.users.owner = async (...values) => (faults[0] ? Promise.reject(faults[0]) : owner(...values));
    faults[0] = new HostUnreachable('h', false);
    await end({}, later(100));
    expect(await row()).toMatchObject({ waitsFor: 'host_unreachable', unaskedSince: at });
    faults[0] = new HostUnreachable('h', false, { why: 'time_up' });
    await end({}, later(200));
    expect(await row()).toMatchObject({ waitsFor: 'time_up', unaskedSince: at });
    faults[0] = new HostRefused('h');
    await end({}, later(300));
    expect(await row()).not.toHaveProperty('unaskedSince');
  });

  test('that answers later is proof', async () => {
    const { end, deps, row } = await open({}, away);
    await end();
    deps.users.whoKnows = says(member('gone')).whoKnows;
    expect(await end({}, later(60))).toMatchObject({ state: 'ended', grant: { proof: { notAsked: [] } } });
    expect(await row()).toMatchObject({ state: 'ended' });
  });
});

test('the host gets the time of the request, or ten seconds where nobody waits', async () => {
  const deadlines: (number | undefined)[] = [];
  const { end } = await open({}, (users) => ({
    owner: async (host, whose) => {
      deadlines.push(host.deadline);
      return users.owner(host, whose);
    },
  }));
  const began = Date.now();
  await end();
  expect(deadlines[0]).toBeGreaterThanOrEqual(began + 10_000);
  expect(deadlines[0]).toBeLessThanOrEqual(Date.now() + 10_000);
  const { end: endSoon } = await open({}, () => ({
    owner: async ({ deadline }) => {
      deadlines.push(deadline);
      return { state: 'missing' };
    },
  }));
  await endSoon({ source: { requestId: 'r1', ip: '', deadline: 42 } });
  expect(deadlines[1]).toBe(42);
});

test('a command that got no answer may still arrive: the name stays taken for that long', async () => {
  const { end, row } = await open({}, () => ({ revokeRoles: throws(new HostUnreachable('h', true)) }));
  expect(await end()).toMatchObject({ state: 'ended', grant: { proof: { leftOut: ['roles'] } } });
  expect(await row()).toMatchObject({ state: 'ended', changingUntil: at + lease });
});

test('the role that was granted is what is taken first, on the database that it was for', async () => {
  const taken: unknown[] = [];
  const { end } = await open({ role: 'readWrite', db: 'other' }, (users) => ({
    revokeRoles: async (host, whose, roles) => {
      taken.push(whose, roles);
      return users.revokeRoles(host, whose, roles);
    },
  }));
  await end();
  expect(taken).toEqual([expect.objectContaining(name), [{ role: 'readWrite', db: 'other' }]]);
});

const silent = { read: async () => {}, isSilent: async () => true, learn: async () => {}, learnAnswer: async () => {} };

test('of a host that is known to be silent nothing is asked: the grant begins to end, and is left as it is from then on', async () => {
  const { end, row, shown } = await open({}, () => ({ owner: throws(new Error('asked')) }));
  expect(await end({ silence: silent })).toMatchObject({ state: 'failed', reason: 'host_unreachable' });
  expect(shown()).toEqual(['ending', 'end_pending host_unreachable']);
  const before = await row();
  expect(before).toMatchObject({ state: 'ending', why: 'revoked', waitsFor: 'host_unreachable' });
  expect(await end({ silence: silent })).toMatchObject({ state: 'failed', reason: 'host_unreachable' });
  expect([await row(), shown()]).toEqual([before, ['ending', 'end_pending host_unreachable']]);
});

test('a grant that another request is ending is left to it, without a write', async () => {
  const { end, row, events } = await open({ state: 'ending', endingUntil: at + 1, why: 'expired' });
  const before = await row();
  const left = await end();
  expect(left).toMatchObject({ state: 'busy', grant: { id: 'g1' } });
  expect([await row(), events()]).toEqual([before, []]);
});

test('why a grant has not ended is a code', async () => {
  const { living } = await open();
  const grant = await living();
  expect(whyNotEnded({ state: 'busy', grant })).toBe('grant_busy');
  expect(whyNotEnded({ state: 'spared', grant })).toBe('spared');
  expect(whyNotEnded({ state: 'failed', grant, reason: 'time_up' })).toBe('time_up');
});

test('a row is told that it ends, once, for whoever ends it next', async () => {
  const { deps, living, row, events } = await open();
  const grant = await living();
  if (grant.state === 'ending') throw new Error('It ends already.');
  const cause = { why: 'rules_changed', by: 'mongogrant', source: { requestId: 'r2', ip: 'job' }, now } as const;
  expect(await sayEnding(deps, grant, cause)).toMatchObject({ id: 'g1', state: 'ending', endingUntil: 0 });
  expect(await row()).toMatchObject({ state: 'ending', why: 'rules_changed', by: 'mongogrant', dueAt: at });
  const about = { act: 'ending', email: 'ada@lab.org', by: 'mongogrant', why: 'rules_changed', requestId: 'r2' };
  expect(events()).toMatchObject([{ ...about, grant: { id: 'g1' } }]);
  expect(await sayEnding(deps, grant, cause)).toBeUndefined();
});
