import { type ComparedHosts, named, none, openComparedHosts, tag } from '../../support/compared-hosts';

let on: ComparedHosts;
beforeEach(async () => {
  on = await openComparedHosts();
});
afterEach(() => on.close());

test('databases into which our login may not look are named by number, and no grant there is called lost', async () => {
  await on.grant('a', named.host);
  const { username } = await on.grant('b', named.host);
  await on.byHand('b', { dropUser: username });
  await on.byHand('admin', {
    revokePrivilegesFromRole: 'mongograntAdmin',
    privileges: [{ resource: { db: 'b', collection: '' }, actions: ['viewUser'] }],
  });
  on.settle();
  expect(await on.runOn(named.host)).toMatchObject({
    ...none,
    ours: 1,
    leftOut: { databases_not_seen: 1, not_seen: 1, other_databases: 1 },
  });
  expect(await on.row('b')).not.toHaveProperty('lostAt');
});

test('where our login may not look into all databases, the report says so: an orphan elsewhere is not found', async () => {
  await on.byHand('elsewhere', {
    createUser: 'orphan',
    pwd: 'pw',
    roles: [],
    customData: tag({ email: 'no address' }),
  });
  expect(await on.runOn(named.host)).toMatchObject({ orphans: 0, leftOut: { other_databases: 1 } });
  const privileges = [{ resource: { cluster: true }, actions: ['viewUser'] }];
  await on.byHand('admin', { grantPrivilegesToRole: 'mongograntAdmin', privileges });
  // Seen now, though nothing can be done about it: that takes the other actions there.
  expect(await on.runOn(named.host)).toMatchObject({ orphans: 1, orphansEnded: 0, leftOut: { host_refused: 1 } });
  expect(await on.events('orphan_pending')).toMatchObject([{ reason: 'host_refused' }]);
});

test('an orphan in a database where no grant ever was is found by what the privileges name', async () => {
  await on.byHand('c', { createUser: 'orphan', pwd: 'pw', roles: [], customData: tag({ email: 'no address' }) });
  expect(await on.runOn(named.host)).toMatchObject({ ...none, ours: 1, orphans: 1, orphansEnded: 1 });
  expect(await on.events('orphan_ended')).toMatchObject([{ email: 'mongogrant' }]);
});
