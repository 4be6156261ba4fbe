import { HostUnreachable } from '../../../shared/contract/errors';
import type { MemberSays } from '../../../shared/mongo/mongo-members';
import type { MongoUsers } from '../../../shared/mongo/mongo-users';
import { useReaperStage } from '../../support/reaper-stage';
import { later } from '../../support/stage';

const on = useReaperStage();
const { grant, run, row, loginOf } = on;

describe('a member that can not be asked', () => {
  /** The server, and a second member that answers as it is told. */
  const withMember = (says: () => MemberSays['says']) => {
    const { whoKnows, probe } = on.stage.deps.users;
    const member = 'second.example:27017';
    Object.assign(on.stage.deps.users, {
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
    later(on.stage, 3600);
    expect(await run()).toMatchObject({ due: 1, ended: 0, oldestOverdue: 0, incomplete: 0, silent: [] });
    expect(await row('a')).toMatchObject({ state: 'ending', waitsFor: 'member_not_asked' });
    expect(await loginOf('a', login)).toBe(18);
    later(on.stage, 86_399);
    expect(await run()).toMatchObject({ due: 1, ended: 0, oldestOverdue: 0 });
    later(on.stage, 3600);
    expect(await run()).toMatchObject({ due: 1, ended: 1, incomplete: 1 });
    expect(await row('a')).toMatchObject({
      state: 'ended',
      proof: { notAsked: [member], unknownTo: [expect.any(String)], leftOut: ['user_was_gone'] },
    });
    expect(on.stage.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'proof_incomplete' }));
  });

  test('is asked again within a minute of its return, whatever pause the grant had reached', async () => {
    let says: MemberSays['says'] = 'silent';
    withMember(() => says);
    await grant('a');
    later(on.stage, 3600);
    for (let minute = 0; minute < 30; minute++) {
      await run();
      later(on.stage, 60);
    }
    says = 'gone';
    expect(await run()).toMatchObject({ due: 1, ended: 1, incomplete: 0 });
    expect(await row('a')).toMatchObject({ state: 'ended', proof: { notAsked: [] } });
  });

  test('is waited for anew if the user was there again', async () => {
    withMember(() => 'silent');
    await grant('a');
    later(on.stage, 3600);
    await run();
    later(on.stage, 86_400);
    const { madeOn } = (await row('a')) ?? {};
    const key = { pk: 'grants#you@example.com', sk: `${on.stage.host}#a#readWrite#` };
    expect(madeOn).toBeDefined();
    const { username, id } = (await row('a')) ?? {};
    const root = await on.stage.login(on.stage.admin.username, on.stage.admin.password, 'admin');
    const customData = { mongogrant: { email: '', label: '', grant: id, expires: '', stack: 'mongogrant' } };
    await root.db('a').command({ createUser: username, pwd: 'restored', roles: [], customData });
    expect(await run()).toMatchObject({ ended: 0 });
    expect(await on.stage.table.get(key)).toMatchObject({ unaskedSince: on.stage.clock.now.getTime() / 1000 });
  });

  test.each(['known', 'behind'] as const)('or is %s, keeps the grant as well', async (answer) => {
    let says: MemberSays['says'] = answer;
    withMember(() => says);
    await grant('a');
    later(on.stage, 3600);
    const ended = async () => (await run()).ended;
    expect(await ended()).toBe(0);
    later(on.stage, 2 * 86_400);
    expect(await ended()).toBe(answer === 'known' ? 0 : 1);
    says = 'gone';
    later(on.stage, 3600);
    await run();
    expect(await row('a')).toMatchObject({ state: 'ended' });
  });
});

describe('a user that is not there at the first look', () => {
  const drop = async (db: string) => {
    const root = await on.stage.login(on.stage.admin.username, on.stage.admin.password, 'admin');
    await root.db(db).command({ dropAllUsersFromDatabase: 1 });
  };

  test('was dropped by somebody, where this is the server on which it was made', async () => {
    await grant('a');
    await drop('a');
    later(on.stage, 3600);
    expect(await run()).toMatchObject({ ended: 1, unsettled: 0 });
    expect(await row('a')).toMatchObject({
      state: 'ended',
      proof: { unknownTo: [expect.any(String)], leftOut: ['user_was_gone'] },
    });
  });

  test('proves nothing on another server, nor where nobody knows on which it was made', async () => {
    const [a, b] = [await grant('a'), await grant('b')];
    const key = (db: string) => ({ pk: 'grants#you@example.com', sk: `${on.stage.host}#${db}#readWrite#` });
    await on.stage.table.update(key('a'), { set: { madeOn: { user: 'mongoadmin', db: 'admin', id: 'elsewhere' } } });
    await on.stage.table.update(key('b'), { remove: ['madeOn'] });
    await drop('a');
    await drop('b');
    later(on.stage, 3600);
    expect(await run()).toMatchObject({ due: 2, ended: 0, unsettled: 2 });
    expect([(await row('a'))?.waitsFor, (await row('b'))?.waitsFor]).toEqual([
      'other_deployment',
      'deployment_unknown',
    ]);
    expect([await loginOf('a', a), await loginOf('b', b)]).toEqual([18, 18]);
    later(on.stage, 60);
    expect(await run()).toMatchObject({ due: 2, ended: 0, unsettled: 2 });
  });

  test('proves nothing if another grant has its name by now, on another server', async () => {
    await grant('a');
    const key = { pk: 'grants#you@example.com', sk: `${on.stage.host}#a#readWrite#` };
    await on.stage.table.update(key, { set: { madeOn: { user: 'mongoadmin', db: 'admin', id: 'elsewhere' } } });
    const { owner } = on.stage.deps.users;
    on.stage.deps.users.owner = async () => ({ state: 'tagged', grant: 'another' });
    later(on.stage, 3600);
    expect(await run()).toMatchObject({ ended: 0, unsettled: 1 });
    on.stage.deps.users.owner = owner;
  });

  test('or one that is seen on another server than it was made on: a copy is dropped, and proves nothing about the first', async () => {
    const login = await grant('a');
    const key = { pk: 'grants#you@example.com', sk: `${on.stage.host}#a#readWrite#` };
    const madeOn = { user: 'mongoadmin', db: 'admin', id: 'elsewhere' };
    await on.stage.table.update(key, { set: { madeOn } });
    later(on.stage, 3600);
    expect(await run()).toMatchObject({ ended: 0, unsettled: 1 });
    expect(await loginOf('a', login)).toBe(18);
    expect(await row('a')).toMatchObject({ state: 'ending', waitsFor: 'other_deployment', madeOn });
  });

  test('is no riddle to a second try after a first one that was cut off behind the drop', async () => {
    await grant('a');
    await on.stage.table.update(
      { pk: 'grants#you@example.com', sk: `${on.stage.host}#a#readWrite#` },
      { remove: ['madeOn'] },
    );
    later(on.stage, 3600);
    on.stage.outside.after = (call) => {
      if (call === 'users.drop') throw new HostUnreachable(on.stage.host, true);
    };
    expect(await run()).toMatchObject({ ended: 0 });
    on.stage.outside.after = undefined;
    later(on.stage, 60);
    expect(await run()).toMatchObject({ ended: 1 });
  });
});
