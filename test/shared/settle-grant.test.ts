import { finishEnd, parseGrant } from '../../shared/store/grants';
import { listUnsettled, settleGrant } from '../../shared/settle-grant';
import { allItems, later, openStage, type Stage } from '../support/stage';
import { reap } from '../../functions/reap/reap';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d' });
  const admin = await stage.tokenFor('admin@example.com');
  const rule = { email: 'you@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
});
afterEach(() => stage.close());

const actor = { by: 'admin@example.com', source: { requestId: 'mgrant-1', ip: 'mgrant' } };
const row = async () => {
  const found = (await allItems()).find(({ pk }) => pk === 'grants#you@example.com');
  return found && parseGrant(found);
};
const run = () =>
  reap({ ...stage.deps, clock: () => stage.clock.now.getTime() }, { requestId: 'r', ip: 'reap' }, Number.MAX_VALUE);

/** A grant that is due, on a server that is not the one on which it was made. */
async function unsettled(): Promise<string> {
  const you = await stage.tokenFor('you@example.com');
  const wish = { host: stage.host, db: 'a', role: 'readWrite', ttl: '1 h' };
  expect((await stage.ask('POST', '/grants', { token: you, body: wish })).status).toBe(201);
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  await root.db('a').command({ dropAllUsersFromDatabase: 1 });
  const key = { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` };
  await stage.table.update(key, { set: { madeOn: { user: 'mongoadmin', db: 'admin', id: 'elsewhere' } } });
  later(stage, 3600);
  await run();
  return (await row())?.id ?? '';
}

test('a grant that is not where it was made ends on an admin’s word, and its proof says that it is no more than that', async () => {
  const id = await unsettled();
  expect(await listUnsettled(stage.table)).toMatchObject([{ id, waitsFor: 'other_deployment' }]);
  expect(await settleGrant(stage.table, id, actor, stage.clock.now)).toMatchObject({ state: 'settled' });
  expect(await row()).toMatchObject({
    state: 'ended',
    proof: { gone: false, unknownTo: [], refusedBy: [], leftOut: ['declared_gone'] },
  });
  expect(await listUnsettled(stage.table)).toEqual([]);
  const events = (await allItems()).filter(({ act }) => act === 'settled');
  expect(events[0]).toMatchObject({ by: 'admin@example.com', email: 'you@example.com', reason: 'other_deployment' });
  expect(await run()).toMatchObject({ due: 0, unsettled: 0 });
});

test('no other grant can be settled: one that is in force, one that has ended, one at which the reaper is', async () => {
  expect(await settleGrant(stage.table, 'nothing', actor, stage.clock.now)).toMatchObject({ reason: 'grant_unknown' });
  const id = await unsettled();
  const waiting = await row();
  if (!waiting) throw new Error('no row');
  const key = { pk: 'grants#you@example.com', sk: `${stage.host}#a#readWrite#` };
  await stage.table.update(key, { set: { endingUntil: stage.clock.now.getTime() / 1000 + 60 } });
  expect(await settleGrant(stage.table, id, actor, stage.clock.now)).toMatchObject({ reason: 'grant_busy' });
  await stage.table.update(key, { set: { waitsFor: 'host_unreachable' } });
  expect(await settleGrant(stage.table, id, actor, stage.clock.now)).toMatchObject({ reason: 'grant_unknown' });
  await finishEnd(stage.table, waiting, 0);
  expect(await settleGrant(stage.table, id, actor, stage.clock.now)).toMatchObject({ reason: 'grant_unknown' });
});
