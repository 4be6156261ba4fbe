import { HostRefused, HostUnreachable, type Silence } from '../../shared/contract/errors';
import { manyGrants } from '../support/many-grants';

const wish = (host: string, db = 'fw_x') => ({ host, db, role: 'readWrite' });

/** Hosts of which one can be away, and how often each was asked. */
function open() {
  const away = new Map<string, Error>();
  const asked: string[] = [];
  const stage = manyGrants((users) => {
    const answer = async (host: { name: string }) => {
      asked.push(host.name);
      const fault = away.get(host.name);
      if (fault) throw fault;
    };
    return {
      ...users,
      create: async (host, user) => {
        await answer(host);
        return users.create(host, user);
      },
      owner: async (host, name) => {
        await answer(host);
        return users.owner(host, name);
      },
      probe: async (host) => {
        await answer(host);
        return users.probe(host);
      },
    };
  });
  const silent = (host: string, why: Silence = 'silent') => away.set(host, new HostUnreachable(host, false, { why }));
  return { ...stage, away, asked, silent };
}

type Open = ReturnType<typeof open>;

async function member({ ask, tokenFor }: Open) {
  const admin = await tokenFor('admin@example.com');
  const body = { email: '*@lab.org', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await ask('PUT', '/rules', { token: admin, body });
  const token = await tokenFor('ada@lab.org');
  let count = 0;
  return {
    token,
    grant: (host: string) => ask('POST', '/grants', { token, body: wish(host, `fw_${count++}`) }),
    revoke: () => ask('DELETE', '/grants', { token }),
  };
}

const reach = ({ items }: Open, host: string) => items.get(`hosts#${host}\nreach`);

test('a host that did not answer twice in a row is answered for at once, until one request tries it again', async () => {
  const stage = open();
  const { grant } = await member(stage);
  stage.silent('dead');
  for (const times of [1, 2]) {
    expect((await grant('dead')).json).toMatchObject({ status: 503, code: 'host_unreachable' });
    expect(stage.asked).toHaveLength(times);
  }
  const third = await grant('dead');
  expect([third.status, third.json.code, stage.asked.length]).toEqual([503, 'host_unreachable', 2]);
  expect((await grant('h')).status).toBe(201);
  // The others of its kind wait for the one that tries.
  stage.now.setTime(stage.now.getTime() + 2000);
  const asked = stage.asked.length;
  const all = await Promise.all(Array.from({ length: 10 }, () => grant('dead')));
  expect([new Set(all.map(({ status }) => status)), stage.asked.length - asked]).toEqual([new Set([503]), 1]);
});

test('the first request that gets an answer opens it again for all', async () => {
  const stage = open();
  const { grant } = await member(stage);
  stage.silent('dead');
  for (let n = 0; n < 3; n++) await grant('dead');
  stage.away.clear();
  expect((await grant('dead')).status).toBe(503);
  stage.now.setTime(stage.now.getTime() + 2000);
  expect((await grant('dead')).status).toBe(201);
  expect(reach(stage, 'dead')).not.toHaveProperty('silentUntil');
  expect((await grant('dead')).status).toBe(201);
});

test('one answer that is missing, or another one much later, refuses nobody', async () => {
  const stage = open();
  const { grant } = await member(stage);
  for (const later of [0, 121, 121]) {
    stage.now.setTime(stage.now.getTime() + later * 1000);
    stage.silent('h');
    expect((await grant('h')).status).toBe(503);
    stage.away.clear();
    expect((await grant('h')).status).toBe(201);
  }
});

test('an answer between two that are missing begins the count anew', async () => {
  const stage = open();
  const { grant } = await member(stage);
  for (let n = 0; n < 3; n++) {
    stage.silent('h');
    expect((await grant('h')).status).toBe(503);
    stage.away.clear();
    expect((await grant('h')).status).toBe(201);
  }
});

test.each<Silence>(['changing', 'majority_lost', 'login_refused'])(
  'a host that answers something, %s, is asked each time',
  async (why) => {
    const stage = open();
    const { grant } = await member(stage);
    stage.silent('h', why);
    for (let n = 0; n < 5; n++) await grant('h');
    expect([stage.asked.length, reach(stage, 'h')]).toEqual([5, undefined]);
  },
);

test('who had no time to wait for an answer knows neither that a host is silent, nor that it is not', async () => {
  const stage = open();
  const { grant } = await member(stage);
  stage.silent('h', 'time_up');
  for (let n = 0; n < 3; n++) expect((await grant('h')).json).toMatchObject({ status: 503, code: 'host_unreachable' });
  expect([stage.asked.length, reach(stage, 'h')]).toEqual([3, undefined]);
  stage.silent('h');
  await grant('h');
  await grant('h');
  stage.now.setTime(stage.now.getTime() + 2000);
  stage.silent('h', 'time_up');
  await grant('h');
  expect(reach(stage, 'h')).toHaveProperty('silentUntil');
});

test('a reaper that runs out of time at a host does not call it silent, and goes on there', async () => {
  const stage = open();
  await stage.add('bob@lab.org', { host: 'h', expiresAt: stage.now.getTime() / 1000 - 10 });
  await stage.add('eve@lab.org', { host: 'h', expiresAt: stage.now.getTime() / 1000 - 10 });
  stage.silent('h', 'time_up');
  for (const after of [0, 120]) expect((await stage.run(after)).silent).toEqual([]);
  expect([stage.asked.length, reach(stage, 'h')]).toEqual([4, undefined]);
});

test('who revokes again and again makes the reaper wait for no longer', async () => {
  const stage = open();
  const { grant, revoke } = await member(stage);
  await grant('h');
  stage.silent('h', 'time_up');
  const pauses = [];
  for (let n = 0; n < 12; n++) {
    await revoke();
    const [{ failures, retryAt } = {}] = stage.rows();
    pauses.push([failures, Number(retryAt) - stage.now.getTime() / 1000]);
    stage.now.setTime(stage.now.getTime() + 5000);
  }
  expect(pauses.slice(0, 7)).toEqual([30, 25, 20, 15, 10, 5, 60].map((left, n) => [n < 6 ? 1 : 2, left]));
  stage.away.clear();
  expect(await stage.run(90)).toMatchObject({ due: 1, ended: 1 });
});

test('a refusal is an answer', async () => {
  const stage = open();
  const { grant } = await member(stage);
  stage.silent('h');
  await grant('h');
  await grant('h');
  stage.now.setTime(stage.now.getTime() + 2000);
  stage.away.set('h', new HostRefused('h'));
  expect((await grant('h')).status).toBe(502);
  expect(reach(stage, 'h')).not.toHaveProperty('silentUntil');
});

test('a revocation at such a host is pending at once, its row says that it ends, and the reaper ends it', async () => {
  const stage = open();
  const { grant, revoke } = await member(stage);
  await grant('dead');
  await grant('h');
  stage.silent('dead');
  for (let n = 0; n < 2; n++) await grant('dead');
  const asked = stage.asked.length;
  expect((await revoke()).json).toMatchObject({ revoked: [{ host: 'h' }], pending: [{ host: 'dead' }] });
  expect(stage.asked.slice(asked).filter((host) => host === 'dead')).toEqual([]);
  stage.away.clear();
  for (const after of [61, 122]) await stage.run(after);
  expect(stage.rows().map(({ state }) => state)).toEqual(Array(stage.rows().length).fill('ended'));
});

test('who asks again for the end of what ends already at such a host, or is being ended, changes nothing', async () => {
  const stage = open();
  const { grant, revoke } = await member(stage);
  await grant('dead');
  stage.silent('dead');
  for (let n = 0; n < 2; n++) await grant('dead');
  await revoke();
  const atSilent = stage.rows();
  expect((await revoke()).json).toMatchObject({ revoked: [], pending: [{ host: 'dead', db: 'fw_0' }] });
  expect(stage.rows()).toEqual(atSilent);
  stage.away.clear();
  stage.now.setTime(stage.now.getTime() + 61_000);
  for (const row of stage.rows()) stage.items.set(`${row.pk}\n${row.sk}`, { ...row, endingUntil: 9_999_999_999 });
  const [leased, asked] = [stage.rows(), stage.asked.length];
  expect((await revoke()).json).toMatchObject({ revoked: [], pending: [{ host: 'dead', db: 'fw_0' }] });
  expect([stage.rows(), stage.asked.length]).toEqual([leased, asked]);
});

test('what the reaper finds out counts, too; a member that is away does not', async () => {
  const stage = open();
  const { grant } = await member(stage);
  await stage.add('bob@lab.org', { host: 'dead', expiresAt: stage.now.getTime() / 1000 - 10 });
  stage.silent('dead');
  for (const after of [0, 60]) await stage.run(after);
  expect(reach(stage, 'dead')).toMatchObject({ failures: 2, silentUntil: stage.now.getTime() / 1000 + 62 });
  const asked = stage.asked.length;
  expect((await grant('dead')).status).toBe(503);
  expect(stage.asked).toHaveLength(asked);
  stage.away.clear();
  await stage.run(121);
  expect(reach(stage, 'dead')).toBeUndefined();
  expect((await grant('dead')).status).toBe(201);
});
