import { useReaperStage } from '../support/reaper-stage';
import { allItems, registerHost } from '../support/stage';

const on = useReaperStage();
const { allow, row, events } = on;
const wish = (db: string, more = {}) => ({ host: on.stage.host, db, role: 'readWrite', ...more });
const grant = (body: object, token = on.you) => on.stage.ask('POST', '/grants', { token, body });
const mongo = () => on.stage.login(on.stage.admin.username, on.stage.admin.password, 'admin');

test('a host that does not answer loses nothing: 503, and the next try works', async () => {
  const name = 'down.lab.org:1';
  await registerHost(name, { host: '127.0.0.1', port: 1, ...on.stage.admin });
  const { status, json, headers } = await grant(wish('x', { host: name }));
  expect([status, json.code, headers['retry-after']]).toEqual([503, 'host_unreachable', '60']);
  expect((await row('x'))?.state).toBe('ended');
  expect(await events('grant_failed')).toContainEqual(expect.objectContaining({ reason: 'host_unreachable' }));
});

test('no more than 20 live grants for one person on one host, even when asked for at once', async () => {
  await allow({ email: 'many@example.com', db: 'm_*' });
  const many = await on.stage.tokenFor('many@example.com');
  const answers = await Promise.all(Array.from({ length: 25 }, (_, n) => grant(wish(`m_${n}`, { ttl: 3600 }), many)));
  const live = (await allItems()).filter((item) => item.pk === 'grants#many@example.com' && item.state === 'active');
  expect(live.length).toBeLessThanOrEqual(20);
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(live.length);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(new Set(refused.map(({ json }) => json.code))).toEqual(new Set(['too_many_grants']));
  for (let n = 0; n < 25; n++) await grant(wish(`m_${n}`, { ttl: 3600 }), many);
  const { json, headers } = await grant(wish('m_x'), many);
  expect([json.status, json.code, headers['retry-after']]).toEqual([429, 'too_many_grants', '3600']);
});

test('50 grants at once for one label: one working password, and it was handed out', async () => {
  for (const round of ['new', 'known']) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => grant(wish('demo_once'))));
    const given = answers.filter(({ status }) => status === 201).map(({ json }) => json);
    const logins = await Promise.allSettled(
      given.map(({ username, password }) => on.stage.login(username, password, 'demo_once')),
    );
    expect([round, logins.filter(({ status }) => status === 'fulfilled').length]).toEqual([round, 1]);
    const refused = answers.filter(({ status }) => status !== 201);
    const errors = on.stage.logged.filter(({ code, facts }) => code === 'grant_failed' && facts.host === on.stage.host);
    // On a machine that is busy some hear that DynamoDB is.
    const codes = refused.map(({ json }) => json.code).filter((code) => code !== 'service_busy');
    expect([...new Set(codes), ...errors]).toEqual(['grant_busy']);
    const users = (await (await mongo()).db('demo_once').command({ usersInfo: 1 })).users;
    expect(users).toHaveLength(1);
  }
});
