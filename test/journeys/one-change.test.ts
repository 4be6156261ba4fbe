import { HostRefused, HostUnreachable } from '../../shared/contract/errors';
import { gateAt } from '../support/gate';
import { type Answer, allItems, later, openStage, type Stage } from '../support/stage';

let stage: Stage;
let you: string;
let admin: string;
beforeAll(async () => {
  stage = await openStage({ tokenTtl: '300 d' });
  admin = await stage.tokenFor('admin@example.com');
  await allow({ db: 'd*' });
  you = await stage.tokenFor('you@example.com');
});
afterAll(() => stage.close());
let db = '';
let number = 0;
beforeEach(() => {
  db = `d${number++}`;
});
afterEach(() => {
  stage.outside.before = undefined;
});

const allow = (rule: Record<string, unknown>) => {
  const body = { email: 'you@example.com', host: stage.host, role: 'readWrite', which: 'allow', ...rule };
  return stage.ask('PUT', '/rules', { token: admin, body });
};
const wish = (more: { db?: string; label?: string } = {}) => ({ host: stage.host, db, role: 'readWrite', ...more });
const grant = (body = wish()) => stage.ask('POST', '/grants', { token: you, body });
const renew = (body = wish()) => stage.ask('POST', '/grants/renew', { token: you, body });
const revoke = () => stage.ask('DELETE', `/grants?db=${db}`, { token: you });
const row = async () => (await allItems()).find((item) => String(item.pk).startsWith('grants#') && item.db === db);
const key = () => ({ pk: 'grants#you@example.com', sk: `${stage.host}#${db}#readWrite#` });
const works = async ({ json }: Answer): Promise<boolean> => {
  try {
    await stage.login(json.username, json.password, db);
    return true;
  } catch {
    return false;
  }
};
const versionTold = async () =>
  (await stage.ask('GET', `/grants?db=${db}`, { token: you })).json.grants[0].passwordVersion;
const told = ({ status, json, headers }: Answer) => [status, json.code, headers['retry-after']];

const changes = { grant, renew };
const names = ['grant', 'renew'] as const;
test.each(names.flatMap((one) => names.map((other) => [one, other] as const)))(
  'while a %s is on its way to the host, a %s is told to ask again in a moment',
  async (one, other) => {
    const before = await grant();
    const gate = gateAt(stage.outside, 'users.update');
    const early = changes[one]();
    await gate.reached;
    expect(told(await changes[other]())).toEqual([409, 'grant_busy', '2']);
    gate.open();
    const first = await early;
    expect(first.status).toBe(one === 'grant' ? 201 : 200);
    expect(await works(one === 'grant' ? first : before)).toBe(true);
    const again = await changes[other]();
    expect(again.status).toBe(other === 'grant' ? 201 : 200);
    if (other === 'grant') expect([await works(again), await works(first)]).toEqual([true, false]);
  },
);

test('of two that have read the same row one gets a password, and it works', async () => {
  await grant();
  const gate = gateAt(stage.outside, 'table.update');
  const late = grant();
  await gate.reached;
  const first = await grant();
  gate.open();
  expect(told(await late)).toEqual([409, 'grant_busy', '1']);
  expect([first.status, await works(first)]).toEqual([201, true]);
});

test('one after the other they wait for nothing', async () => {
  const statuses = [await grant(), await grant(), await renew(), await revoke(), await grant(), await grant()];
  expect(statuses.map(({ status }) => status)).toEqual([201, 201, 200, 200, 201, 201]);
});

const faults: [string, string, () => Error][] = [
  ['never reached the host', 'users.update', () => new HostUnreachable(stage.host, false)],
  ['was refused by the host', 'users.update', () => new HostRefused(stage.host)],
  [
    'never began, as the host did not say whose the user is',
    'users.owner',
    () => new HostUnreachable(stage.host, true),
  ],
  ['could not be put on record', 'table.put', () => new Error('no table')],
];
test.each(faults)('a change that %s keeps nobody waiting', async (_name, at, fault) => {
  for (const before of [0, 1]) {
    await grant();
    const asked = before ? await grant() : undefined;
    let done = false;
    stage.outside.before = (call) => {
      if (call !== at || done) return;
      done = true;
      throw fault();
    };
    expect((await grant()).status).toBeGreaterThanOrEqual(500);
    stage.outside.before = undefined;
    if (asked) expect(await works(asked)).toBe(true);
    if (asked) expect(await versionTold()).toBe(asked.json.passwordVersion);
    const next = await grant();
    expect([next.status, await works(next)]).toEqual([201, true]);
    await revoke();
    later(stage, 61);
  }
});

test('where a login may come from is as it was when the change of it never reached the host', async () => {
  db = 'addresses';
  await allow({ db });
  await grant();
  await allow({ db, cidrs: ['127.0.0.0/8'] });
  stage.outside.before = (call) => {
    if (call === 'users.update') throw new HostUnreachable(stage.host, false);
  };
  expect((await grant()).json.code).toBe('host_unreachable');
  stage.outside.before = undefined;
  expect(await row()).toMatchObject({ cidrs: [] });
  expect((await grant()).status).toBe(201);
  expect(await row()).toMatchObject({ cidrs: ['127.0.0.0/8'] });
});

test('a change without an answer keeps the others waiting for as long as it may still arrive, and says for how long', async () => {
  const before = await grant();
  stage.outside.before = (call) => {
    if (call === 'users.update') throw new HostUnreachable(stage.host, true);
  };
  expect((await grant()).status).toBe(503);
  stage.outside.before = undefined;
  expect(told(await grant())).toEqual([409, 'grant_busy', '2']);
  later(stage, 20);
  for (const ask of [grant, renew]) expect(told(await ask())).toEqual([409, 'grant_busy', '40']);
  expect(await works(before)).toBe(true);
  later(stage, 40);
  const next = await grant();
  expect([next.status, await works(next), await works(before)]).toEqual([201, true, false]);
});

test('a change that arrived, though nobody heard so, keeps nobody waiting', async () => {
  const before = await grant();
  const { update } = stage.deps.users;
  stage.deps.users.update = async (...values) => {
    stage.deps.users.update = update;
    await update(...values);
    throw new HostUnreachable(stage.host, true);
  };
  expect((await grant()).status).toBe(503);
  expect(await works(before)).toBe(false);
  const next = await grant();
  expect([next.status, await works(next)]).toEqual([201, true]);
});

test('another label, and another database, is not held up', async () => {
  await grant();
  const gate = gateAt(stage.outside, 'users.update');
  const early = grant();
  await gate.reached;
  const others = [await grant(wish({ label: 'other' })), await grant(wish({ db: `${db}x` }))];
  expect(others.map(({ status }) => status)).toEqual([201, 201]);
  gate.open();
  expect((await early).status).toBe(201);
});

describe('a grant of release 0.1.0, which did not count', () => {
  test('changes at once where nothing can be under way', async () => {
    await grant();
    await stage.table.update(key(), { remove: ['change'], set: { changingUntil: 0 } });
    const next = await grant();
    expect([next.status, await works(next), (await row())?.change]).toEqual([201, true, 1]);
  });

  test('waits for what that release may have sent', async () => {
    await grant();
    const until = Math.floor(stage.clock.now.getTime() / 1000) + 35;
    await stage.table.update(key(), { remove: ['change'], set: { changingUntil: until } });
    expect(told(await grant())).toEqual([409, 'grant_busy', '35']);
    later(stage, 35);
    expect((await grant()).status).toBe(201);
  });

  test('changes after that release changed it once more, without the number', async () => {
    const { json } = await grant();
    await grant();
    const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
    const { users } = await root.db(db).command({ usersInfo: json.username });
    const { mongogrant, mongograntChange } = users[0].customData;
    expect([mongograntChange, Object.keys(mongogrant).sort()]).toEqual([
      1,
      ['email', 'expires', 'grant', 'label', 'stack'],
    ]);
    await root.db(db).command({ updateUser: json.username, customData: { mongogrant } });
    expect(told(await grant())).toEqual([409, 'grant_busy', '2']);
    later(stage, 60);
    expect((await grant()).status).toBe(201);
  });
});
