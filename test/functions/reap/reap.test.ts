import { HostUnreachable } from '../../../shared/contract/errors';
import { useReaperStage } from '../../support/reaper-stage';
import { later, registerHost } from '../../support/stage';

const on = useReaperStage();
const { grant, run, row, rows, events, loginOf } = on;

test('what has expired ends, is shown to be dead, and what has not stays', async () => {
  const [short, long] = [await grant('a'), await grant('b', { ttl: '2 h' })];
  const open = await on.stage.login(short.username, short.password, 'a');
  await open.db('a').collection('x').insertOne({ a: 1 });
  later(on.stage, 3599);
  expect(await run()).toMatchObject({ due: 0, ended: 0, oldestOverdue: 0 });
  later(on.stage, 1);
  expect(await run()).toEqual({
    ...{ due: 1, ended: 1, oldestOverdue: 0, incomplete: 0, unsettled: 0 },
    ...{ oldestJob: 1, silent: [], faults: 0 },
  });
  const member = `127.0.0.1:${on.stage.mongod.port}`;
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
  later(on.stage, 3600);
  on.stage.outside.before = async (call) => {
    if (call !== 'table.update') return;
    on.stage.outside.before = undefined;
    on.stage.clock.now = new Date(on.stage.clock.now.getTime() - 10_000);
    const wish = { host: on.stage.host, db: 'a', role: 'readWrite' };
    expect((await on.stage.ask('POST', '/grants/renew', { token: on.you, body: wish })).status).toBe(200);
    later(on.stage, 10);
  };
  expect(await run()).toMatchObject({ due: 1, faults: 0 });
  expect(await row('a')).toMatchObject({ state: 'active' });
  expect(await loginOf('a', { username, password })).toBe('works');
});

test('a grant whose request was cut off ends once nobody can be making its user any more', async () => {
  on.stage.outside.after = (call) => {
    if (call === 'users.create') throw new Error('the end of this process');
  };
  await on.stage.ask('POST', '/grants', { token: on.you, body: { host: on.stage.host, db: 'a', role: 'readWrite' } });
  on.stage.outside.after = undefined;
  await on.stage.table.update(
    { pk: 'grants#you@example.com', sk: `${on.stage.host}#a#readWrite#` },
    {
      set: {
        state: 'pending',
        creatingUntil: on.stage.clock.now.getTime() / 1000 + 60,
        dueAt: on.stage.clock.now.getTime() / 1000 + 60,
        endingUntil: 0,
        duePk: 'grants#0',
      },
    },
  );
  expect(await run()).toMatchObject({ due: 0 });
  later(on.stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1 });
  expect(await row('a')).toMatchObject({ state: 'ended' });
});

test('a grant that was cut off when its name was somebody else’s ends, and leaves that user alone', async () => {
  const root = await on.stage.login(on.stage.admin.username, on.stage.admin.password, 'admin');
  const theirs = { username: 'you_example.com_readWrite', password: 'theirs' };
  await root.db('a').command({ createUser: theirs.username, pwd: theirs.password, roles: [] });
  on.stage.outside.before = (call) => {
    if (call === 'table.update') throw new HostUnreachable(on.stage.host, true);
  };
  await on.stage.ask('POST', '/grants', { token: on.you, body: { host: on.stage.host, db: 'a', role: 'readWrite' } });
  on.stage.outside.before = undefined;
  expect(await row('a')).toMatchObject({ state: 'pending', username: theirs.username });
  later(on.stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1 });
  expect(await row('a')).toMatchObject({ state: 'ended', why: 'cut_off' });
  expect(await loginOf('a', theirs)).toBe('works');
});

test('what goes wrong with what is noted of one host keeps no other from its end', async () => {
  await registerHost('odd.example', { host: '127.0.0.1', port: on.stage.mongod.port, ...on.stage.admin });
  await grant('a');
  await grant('b', { host: 'odd.example' });
  const { get } = on.stage.deps.table;
  on.stage.deps.table.get = async (key) => {
    if (key.pk === 'hosts#odd.example') throw new Error('read failed');
    return get(key);
  };
  later(on.stage, 3600);
  expect(await run()).toMatchObject({ due: 2, ended: 1, faults: 1 });
  expect([(await row('a'))?.state, (await row('b'))?.state]).toEqual(['ended', 'active']);
});

test('two reapers at the same time do no harm', async () => {
  for (let n = 0; n < 10; n++) await grant('a', { label: `l${n}` });
  later(on.stage, 3600);
  const runs = await Promise.all([run(), run()]);
  expect(runs.map(({ faults }) => faults)).toEqual([0, 0]);
  later(on.stage, 120);
  await run();
  expect((await rows()).map(({ state }) => state)).toEqual(Array(10).fill('ended'));
  expect(await events('ended')).toHaveLength(10);
});

test('nothing is begun when the time is up, and the next run goes on', async () => {
  await grant('a');
  later(on.stage, 3600);
  expect(await run(0)).toMatchObject({ due: 1, ended: 0, oldestOverdue: 0 });
  expect(await row('a')).toMatchObject({ state: 'active' });
  later(on.stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1 });
});

test('a fault of our own at one grant is counted, and keeps no other from its end', async () => {
  await grant('a');
  await grant('b');
  later(on.stage, 3600);
  let first = true;
  on.stage.outside.before = (call) => {
    if (call !== 'table.update' || !first) return;
    first = false;
    throw new Error('DynamoDB is away');
  };
  expect(await run()).toMatchObject({ due: 2, ended: 1, faults: 1 });
  on.stage.outside.before = undefined;
  later(on.stage, 60);
  expect(await run()).toMatchObject({ due: 1, ended: 1, faults: 0 });
});
