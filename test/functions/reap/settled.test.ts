import { reap } from '../../../functions/reap/reap';
import { settleGrant } from '../../../shared/grants/settle-grant';
import { allItems, later, openStage } from '../../support/stage';

test('the reaper waits with a grant that is not where it was made, until an admin settles it', async () => {
  const stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d' });
  const run = () =>
    reap({ ...stage.deps, clock: () => stage.clock.now.getTime() }, { requestId: 'r', ip: 'reap' }, Number.MAX_VALUE);
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
  const wish = { host: stage.host, db: 'a', role: 'readWrite', ttl: '1 h' };
  const you = await stage.tokenFor('you@example.com');
  expect((await stage.ask('POST', '/grants', { token: you, body: wish })).status).toBe(201);
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  await root.db('a').command({ dropAllUsersFromDatabase: 1 });
  const key = { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` };
  await stage.table.update(key, { set: { madeOn: { user: 'mongoadmin', db: 'admin', id: 'elsewhere' } } });
  later(stage, 3600);
  expect(await run()).toMatchObject({ due: 1, unsettled: 1 });
  const row = (await allItems()).find(({ pk }) => pk === key.pk);
  expect(row).toMatchObject({ state: 'ending', waitsFor: 'other_deployment' });
  const actor = { by: 'admin@example.com', source: { requestId: 'mgrant-1', ip: 'mgrant' } };
  expect(await settleGrant(stage.table, String(row?.id), { ...actor, now: stage.clock.now })).toMatchObject({
    state: 'settled',
  });
  expect(await run()).toMatchObject({ due: 0, unsettled: 0 });
  await stage.close();
});
