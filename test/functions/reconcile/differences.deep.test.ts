import { type ComparedHosts, named, none, openComparedHosts, tag } from '../../support/compared-hosts';
import { later } from '../../support/stage';

let on: ComparedHosts;
let host: string;
beforeEach(async () => {
  on = await openComparedHosts();
});
afterEach(() => on.close());

describe.each(['root', 'the printed role for named databases'])(
  'with an admin login of the strength: %s',
  (strength) => {
    beforeEach(() => {
      host = strength === 'root' ? on.host : named.host;
    });

    test('where both sides agree nothing is changed, and only a report is on record', async () => {
      for (const db of ['a', 'b', 'c']) await on.grant(db, host);
      on.settle();
      const before = JSON.stringify([await on.row('a'), await on.row('b'), await on.row('c')]);
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 3, foreign: 0, leftOut: {} });
      expect(JSON.stringify([await on.row('a'), await on.row('b'), await on.row('c')])).toBe(before);
      expect(await on.events('reconciled')).toMatchObject([{ host, by: 'mongogrant', figures: { ...none, ours: 3 } }]);
      expect(await on.events('orphan_found', 'user_lost', 'user_repaired')).toEqual([]);
    });

    test('each grant whose user was seen says on which deployment that was', async () => {
      for (const db of ['a', 'b']) await on.grant(db, host);
      const { madeOn } = (await on.row('a')) ?? {};
      expect(madeOn).toMatchObject({ db: 'admin', id: expect.any(String) });
      const key = (db: string) => ({ pk: 'grants#you@example.com', sk: `${host}#${db}#readWrite#` });
      await on.stage.table.update(key('a'), { remove: ['madeOn'] });
      await on.stage.table.update(key('b'), { set: { madeOn: { user: 'before', db: 'admin', id: 'elsewhere' } } });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 2, leftOut: {} });
      expect([(await on.row('a'))?.madeOn, (await on.row('b'))?.madeOn]).toEqual([madeOn, madeOn]);
    });

    test('a tagged user without a grant ends, with its open connection, and the proof is on record', async () => {
      await on.grant('a', host);
      await on.byHand('a', { createUser: 'orphan', pwd: 'pw', roles: ['readWrite'], customData: tag() });
      const open = await on.stage.login('orphan', 'pw', 'a');
      await open.db('a').collection('x').insertOne({ a: 1 });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 2, orphans: 1, orphansEnded: 1 });
      expect(await on.userNamed('orphan', 'a')).toBeUndefined();
      await expect(open.db('a').collection('x').insertOne({ a: 2 })).rejects.toMatchObject({ code: 13 });
      expect(await on.events('orphan_found', 'orphan_ended')).toMatchObject([
        { act: 'orphan_found', email: 'you@example.com', user: { user: 'orphan', db: 'a' }, host },
        { act: 'orphan_ended', proof: { gone: true, refusedBy: [`127.0.0.1:${on.mongod.port}`] } },
      ]);
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 1 });
    });

    test('a user of a grant that has ended long ago, brought back from a backup, ends', async () => {
      const { username } = await on.grant('a', host);
      const { customData } = await on.userNamed(username, 'a');
      await on.ask('DELETE', '/grants?db=a');
      const ended = await on.row('a');
      await on.byHand('a', { createUser: username, pwd: 'old', roles: ['readWrite'], customData });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, orphans: 1, orphansEnded: 1 });
      expect(await on.login('a', { username, password: 'old' })).toBe(18);
      expect(await on.row('a')).toEqual(ended);
    });

    test('a second user with the tag of a live grant ends, and the first lives on', async () => {
      const { username, password } = await on.grant('a', host);
      const { customData } = await on.userNamed(username, 'a');
      await on.byHand('a', { createUser: 'copy', pwd: 'pw', roles: ['readWrite'], customData });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 2, orphans: 1, orphansEnded: 1 });
      expect([await on.login('a', { username, password }), await on.userNamed('copy', 'a')]).toEqual([
        'works',
        undefined,
      ]);
    });

    test('users without our tag, and those of another stack, are counted and stay as they are', async () => {
      const others = [
        undefined,
        { mongogrant: 'g1' },
        { mongogrant: { grant: 1, stack: 'mongogrant' } },
        tag({ stack: 'other' }),
      ];
      for (const [index, customData] of others.entries())
        await on.byHand('a', {
          createUser: `u${index}`,
          pwd: 'pw',
          roles: ['read'],
          ...(customData && { customData }),
        });
      const before = JSON.stringify(await on.byHand('a', { usersInfo: 1 }));
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 0, foreign: 1 });
      expect(JSON.stringify(await on.byHand('a', { usersInfo: 1 }))).toBe(before);
      const [report] = await on.events('reconciled');
      // Root also sees the two admins.
      expect(report?.figures).toMatchObject({ untagged: strength === 'root' ? 5 : 3, foreign: 1 });
    });

    test('a live grant whose user was dropped is marked; its owner is told, and gets a new one', async () => {
      const { username, db, role } = await on.grant('a', host);
      await on.byHand('a', { dropUser: username });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, lost: 1 });
      expect(await on.row('a')).toMatchObject({ state: 'active', lostAt: on.clock.now.getTime() / 1000 });
      expect(await on.events('user_lost')).toMatchObject([
        { email: 'you@example.com', reason: 'user_gone', grant: { username } },
      ]);
      expect(await on.runOn(host)).toMatchObject({ ...none, lost: 0, leftOut: { lost_before: 1 } });
      expect((await on.ask('GET', '/grants')).json.grants).toMatchObject([{ username, state: 'active', lost: true }]);
      const row = await on.row('a');
      const renewed = await on.ask('POST', '/grants/renew', { host, db, role });
      expect([renewed.status, renewed.json]).toMatchObject([
        409,
        { code: 'grant_revoked', detail: expect.stringMatching(/removed on .*Ask for a new one/) },
      ]);
      expect(await on.row('a')).toEqual(row);
      expect(await on.login('a', await on.grant('a', host))).toBe('works');
      expect((await on.ask('GET', '/grants')).json.grants).toMatchObject([{ state: 'active' }]);
      expect((await on.ask('GET', '/grants')).json.grants[0]).not.toHaveProperty('lost');
      expect(await on.events('ended')).toMatchObject([{ why: 'user_gone', proof: { leftOut: ['user_was_gone'] } }]);
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, ours: 1 });
    });

    test('a grant whose user carries another tag is marked, and the user ends as an orphan or stays as the other stack’s', async () => {
      const [first, second] = [await on.grant('a', host), await on.grant('b', host)];
      await on.byHand('a', { updateUser: first.username, customData: tag() });
      await on.byHand('b', { updateUser: second.username, customData: tag({ stack: 'other' }) });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, lost: 2, orphans: 1, orphansEnded: 1 });
      expect(await on.userNamed(first.username, 'a')).toBeUndefined();
      expect((await on.userNamed(second.username, 'b')).customData.mongogrant.stack).toBe('other');
      expect(await on.login('a', await on.grant('a', host))).toBe('works');
      expect(await on.runOn(host)).toMatchObject({ ...none, leftOut: { lost_before: 1 } });
    });

    test('a user that lost its tag is left alone, and its grant is marked', async () => {
      const { username, password } = await on.grant('a', host);
      await on.byHand('a', { updateUser: username, customData: {} });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, lost: 1, ours: 0 });
      expect(await on.events('user_lost')).toMatchObject([{ reason: 'user_not_ours' }]);
      expect(await on.login('a', { username, password })).toBe('works');
      const { status, json } = await on.ask('POST', '/grants', { host, db: 'a', role: 'readWrite' });
      expect([status, json.code]).toEqual([409, 'user_not_ours']);
    });

    test('a lost user that is there again is no longer marked', async () => {
      const { username, db, role } = await on.grant('a', host);
      const { customData, roles } = await on.userNamed(username, 'a');
      await on.byHand('a', { dropUser: username });
      on.settle();
      await on.runOn(host);
      await on.byHand('a', { createUser: username, pwd: 'pw', roles, customData });
      expect(await on.runOn(host)).toMatchObject({ ...none, found: 1 });
      expect(await on.row('a')).not.toHaveProperty('lostAt');
      expect(await on.events('user_found')).toHaveLength(1);
      expect((await on.ask('POST', '/grants/renew', { host, db, role })).status).toBe(200);
    });

    test('roles, addresses and tag that differ become what the grant says, and the audit log says what differed', async () => {
      const [a, c] = [await on.grant('a', host), await on.grant('c', host)];
      const extra = [
        { role: 'dbAdmin', db: 'a' },
        { role: 'read', db: 'b' },
      ];
      await on.byHand('a', { grantRolesToUser: a.username, roles: extra });
      await on.byHand('a', { revokeRolesFromUser: a.username, roles: ['readWrite'] });
      const { customData } = await on.userNamed(a.username, 'a');
      const changed = { ...customData.mongogrant, email: 'eve@example.com', expires: '2099-01-01T00:00:00.000Z' };
      await on.byHand('a', {
        updateUser: a.username,
        customData: { mongogrant: changed },
        authenticationRestrictions: [{ serverAddress: ['127.0.0.1'] }],
      });
      await on.byHand('c', { updateUser: c.username, authenticationRestrictions: [] });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, drifted: 2, repaired: 2 });
      expect(await on.userNamed(a.username, 'a')).toMatchObject({
        roles: [{ role: 'readWrite', db: 'a' }],
        customData,
        authenticationRestrictions: [],
      });
      expect(await on.userNamed(c.username, 'c')).toMatchObject({
        authenticationRestrictions: [{ clientSource: ['127.0.0.0/8'] }],
      });
      const repaired = await on.events('user_repaired');
      expect(repaired.find(({ grant }) => JSON.stringify(grant).includes('"db":"a"'))).toMatchObject({
        // A server keeps no order among a user's roles.
        before: {
          roles: expect.arrayContaining(['dbAdmin@a', 'read@b']),
          cidrs: 'other',
          tag: { email: 'eve@example.com' },
        },
        after: { roles: ['readWrite@a'], cidrs: [], tag: { email: 'you@example.com' } },
      });
      expect(repaired.find(({ grant }) => JSON.stringify(grant).includes('"db":"c"'))).toMatchObject({
        before: { cidrs: [] },
        after: { cidrs: ['127.0.0.0/8'] },
      });
      expect(await on.events('repair_failed')).toEqual([]);
      expect([await on.login('a', a), await on.login('c', c)]).toEqual(['works', 'works']);
      expect(await on.row('c')).not.toHaveProperty('repairUntil');
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ ...none, leftOut: {} });
    });

    test('the number of the last change stays beside the tag that is written again, and is no difference', async () => {
      const { username } = await on.grant('a', host);
      const { password } = await on.grant('a', host);
      const numberOf = async () => (await on.userNamed(username, 'a')).customData.mongograntChange;
      const { mongogrant } = (await on.userNamed(username, 'a')).customData;
      await on.byHand('a', { updateUser: username, customData: { mongogrant: { ...mongogrant, label: 'x' } } });
      on.settle();
      expect([await numberOf(), await on.runOn(host)]).toMatchObject([undefined, { ...none, drifted: 1, repaired: 1 }]);
      expect([await numberOf(), await on.login('a', { username, password })]).toEqual([1, 'works']);
      expect(await on.row('a')).toMatchObject({ change: 1, changingUntil: 0 });
      await on.byHand('a', { updateUser: username, customData: { mongogrant } });
      expect(await on.runOn(host)).toMatchObject({ ...none, drifted: 0 });
      await on.grant('a', host);
      expect(await numberOf()).toBe(2);
    });

    test('a grant that was shortened by a rule has its new end in the tag after a run', async () => {
      const { username } = await on.grant('a', host);
      const { sk, expiresAt } = (await on.row('a')) ?? {};
      const until = Number(expiresAt) - 1000;
      await on.table.update({ pk: 'grants#you@example.com', sk: String(sk) }, { set: { expiresAt: until } });
      on.settle();
      expect(await on.runOn(host)).toMatchObject({ drifted: 1, repaired: 1 });
      expect((await on.userNamed(username, 'a')).customData.mongogrant.expires).toBe(
        new Date(until * 1000).toISOString(),
      );
    });

    test('what is being changed, made or ended, and what has expired, is left to the next run and to the reaper', async () => {
      const { username } = await on.grant('a', host);
      await on.byHand('a', { grantRolesToUser: username, roles: ['dbAdmin'] });
      await on.ask('POST', '/grants', { host, db: 'a', role: 'readWrite', ttl: '5 d' });
      expect(await on.runOn(host)).toMatchObject({ ...none, leftOut: { being_changed: 1 } });
      later(on.stage, 6 * 86_400);
      expect(await on.runOn(host)).toMatchObject({ ...none, leftOut: { expired: 1 } });
      const { sk } = (await on.row('a')) ?? {};
      await on.table.update(
        { pk: 'grants#you@example.com', sk: String(sk) },
        { set: { state: 'ending', endingUntil: 0 } },
      );
      expect(await on.runOn(host)).toMatchObject({ ...none, leftOut: { being_ended: 1 } });
      expect((await on.userNamed(username, 'a')).roles).toHaveLength(2);
    });
  },
);

test('a host that is the same server under another name is not stripped of its users', async () => {
  for (let n = 0; n < 3; n++) await on.grant('a', named.host, `l${n}`);
  on.settle();
  expect(await on.runOn(on.host)).toMatchObject({ ...none, ours: 3, leftOut: { of_another_host: 3 } });
  expect((await on.byHand('a', { usersInfo: 1 })).users).toHaveLength(3);
});
