import { HostUnreachable } from '../../shared/contract/errors';
import { gateAt } from '../support/gate';
import { allItems, later, openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
let you: string;
beforeAll(async () => {
  stage = await openStage({ tokenTtl: '300 d' });
  admin = await stage.tokenFor('admin@example.com');
  await allow({ db: 'd*' });
  you = await stage.tokenFor('you@example.com');
});
afterAll(() => stage.close());
afterEach(() => {
  stage.outside.before = undefined;
});

const allow = (rule: Record<string, unknown>) => {
  const body = { email: 'you@example.com', host: stage.host, role: 'readWrite', which: 'allow', ...rule };
  return stage.ask('PUT', '/rules', { token: admin, body });
};
const wish = (db: string, more: Record<string, unknown> = {}) => ({ host: stage.host, db, role: 'readWrite', ...more });
const grant = (body: Record<string, unknown>) => stage.ask('POST', '/grants', { token: you, body });
const renew = (body: Record<string, unknown>) => stage.ask('POST', '/grants/renew', { token: you, body });
const revoke = (db: string) => stage.ask('DELETE', `/grants?db=${db}`, { token: you });
const row = async (db: string) =>
  (await allItems()).find((item) => String(item.pk).startsWith('grants#') && item.db === db);
const users = async (db: string): Promise<unknown[]> => {
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  return (await root.db(db).command({ usersInfo: 1 })).users;
};
const loginOf = async (db: string, { username, password }: { username?: string; password?: string }) => {
  try {
    await stage.login(String(username), String(password), db);
    return 'works';
  } catch (error) {
    return (error as { code?: number }).code;
  }
};

test('a revocation wins against the grant whose user is just being made', async () => {
  const gate = gateAt(stage.outside, 'users.create');
  const late = grant(wish('d1'));
  await gate.reached;
  const revoked = await revoke('d1');
  expect(revoked.json).toMatchObject({ revoked: [], pending: [{ db: 'd1', state: 'ending' }] });
  gate.open();
  const { status, json } = await late;
  expect([status, json.code]).toEqual([409, 'grant_revoked']);
  expect(await users('d1')).toEqual([]);
  expect(await row('d1')).toMatchObject({ state: 'ended' });
});

test("a change that comes too late never meets the next grant's user", async () => {
  for (const change of [renew, grant]) {
    const db = `d2${change.name}`;
    await grant(wish(db));
    const gate = gateAt(stage.outside, 'users.update');
    const late = change(wish(db));
    await gate.reached;
    await revoke(db);
    const next = (await grant(wish(db))).json;
    gate.open();
    expect((await late).json.code).toBe('grant_revoked');
    expect(await loginOf(db, next)).toBe('works');
    expect((await revoke(db)).json.revoked).toHaveLength(1);
    expect([await loginOf(db, next), await users(db)]).toEqual([18, []]);
    later(stage, 61);
    expect((await grant(wish(db))).json.username).toBe('you_example.com_readWrite');
  }
});

test('only one request ends a grant, and no new one begins before it is done', async () => {
  await grant(wish('d3'));
  const gate = gateAt(stage.outside, 'users.drop');
  const late = revoke('d3');
  await gate.reached;
  expect((await revoke('d3')).json).toMatchObject({ revoked: [], pending: [{ db: 'd3' }] });
  const meanwhile = await grant(wish('d3'));
  expect([meanwhile.status, meanwhile.json.code]).toEqual([409, 'grant_busy']);
  gate.open();
  expect((await late).json.revoked).toHaveLength(1);
  const next = await grant(wish('d3'));
  expect([next.status, await loginOf('d3', next.json)]).toEqual([201, 'works']);
});

test('where a login may come from is not lost when the request that changes it is cut off', async () => {
  await allow({ db: 'e1' });
  await grant(wish('e1'));
  await allow({ db: 'e1', cidrs: ['10.0.0.0/8'] });
  stage.outside.before = (call) => {
    if (call === 'users.update') throw new HostUnreachable(stage.host, true);
  };
  expect((await grant(wish('e1'))).json.code).toBe('host_unreachable');
  stage.outside.before = undefined;
  expect((await grant(wish('e1'))).json.code).toBe('grant_busy');
  later(stage, 61);
  const again = await grant(wish('e1'));
  expect([again.status, await loginOf('e1', again.json)]).toEqual([201, 18]);
  expect(await row('e1')).toMatchObject({ cidrs: ['10.0.0.0/8'] });
});

test('of two requests that change where a login may come from the later one waits', async () => {
  await allow({ db: 'e2', cidrs: ['10.0.0.0/8'] });
  await allow({ db: 'e*', expires: new Date(stage.clock.now.getTime() + 3_600_000).toISOString() });
  await grant(wish('e2', { ttl: '10 d' }));
  const gate = gateAt(stage.outside, 'users.update');
  const open = grant(wish('e2', { ttl: 60 }));
  await gate.reached;
  expect((await grant(wish('e2', { ttl: '10 d' }))).json.code).toBe('grant_busy');
  gate.open();
  expect(await loginOf('e2', (await open).json)).toBe('works');
  const { json } = await grant(wish('e2', { ttl: '10 d' }));
  expect([await loginOf('e2', json), (await row('e2'))?.cidrs]).toEqual([18, ['10.0.0.0/8']]);
});

test('what else is written to the grant meanwhile is no matter to a change of where a login may come from', async () => {
  await allow({ db: 'e3' });
  await grant(wish('e3'));
  await allow({ db: 'e3', cidrs: ['127.0.0.0/8'] });
  const gate = gateAt(stage.outside, 'users.update');
  const late = grant(wish('e3'));
  await gate.reached;
  const key = { pk: 'grants#you@example.com', sk: `${stage.host}#e3#readWrite#` };
  await stage.table.update(key, { add: { version: 1 } });
  gate.open();
  const { status, json } = await late;
  expect([status, await loginOf('e3', json)]).toEqual([201, 'works']);
  expect(await row('e3')).toMatchObject({ state: 'active', cidrs: ['127.0.0.0/8'] });
});

test('a change of where a login may come from that a revocation overtakes hands out nothing', async () => {
  await allow({ db: 'e4' });
  await grant(wish('e4'));
  await allow({ db: 'e4', cidrs: ['127.0.0.0/8'] });
  const late = heldAfter('users.update', () => grant(wish('e4')));
  await late.reached;
  await revoke('e4');
  late.open();
  const { status, json } = await late.answer;
  expect([status, json.code, json.password]).toEqual([409, 'grant_revoked', undefined]);
  expect(await row('e4')).toMatchObject({ state: 'ended', why: 'revoked' });
  expect(await users('e4')).toEqual([]);
});

/** A request that is held once its first call of this name has been answered. */
function heldAfter<T>(name: string, ask: () => Promise<T>) {
  let arrive = () => {};
  let open = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  stage.outside.after = async (call) => {
    if (call !== name) return;
    stage.outside.after = undefined;
    arrive();
    await opened;
  };
  return { answer: ask(), reached, open };
}

/** The answer to the next lock gets lost; the command arrives when it is let. */
function loseLock(): { arrive: () => Promise<unknown> } {
  const { lock } = stage.deps.users;
  const lost = { arrive: async (): Promise<unknown> => 'nothing was sent' };
  stage.deps.users.lock = (host, name, password) => {
    stage.deps.users.lock = lock;
    lost.arrive = () => lock(host, name, password);
    throw new HostUnreachable(host.name, true);
  };
  return lost;
}

describe("a lock whose answer got lost never meets the next grant's user", () => {
  test('where a revocation came before', async () => {
    const body = wish('d6');
    await grant(body);
    const lost = loseLock();
    expect((await revoke('d6')).json.revoked).toHaveLength(1);
    const next = (await grant(body)).json;
    expect(await lost.arrive()).toBe('missing');
    expect(await loginOf('d6', next)).toBe('works');
  });

  test('where the same request ended the grant before', async () => {
    const body = wish('d7', { ttl: 120 });
    await grant(body);
    later(stage, 120);
    const lost = loseLock();
    const next = (await grant(body)).json;
    expect(await lost.arrive()).toBe('missing');
    expect(await loginOf('d7', next)).toBe('works');
  });

  test('where another request ended it since it was read', async () => {
    const body = wish('d8', { ttl: 120 });
    await grant(body);
    later(stage, 120);
    const gate = gateAt(stage.outside, 'table.update');
    const next = grant(body);
    await gate.reached;
    const lost = loseLock();
    expect((await revoke('d8')).json.revoked).toHaveLength(1);
    gate.open();
    expect((await next).status).toBe(201);
    expect(await lost.arrive()).toBe('missing');
    expect(await loginOf('d8', (await next).json)).toBe('works');
  });
});

test('a step that fails does not keep the user alive', async () => {
  const { json } = await grant(wish('d4'));
  stage.outside.before = (call) => {
    if (call === 'users.killSessions' || call === 'users.revokeRoles')
      throw Object.assign(new Error('not here'), { code: 303 });
  };
  expect((await revoke('d4')).json.revoked).toHaveLength(1);
  expect([await loginOf('d4', json), await users('d4')]).toEqual([18, []]);
});

test('the events of one request are in the order in which they happened', async () => {
  const gate = gateAt(stage.outside, 'users.create');
  const late = grant(wish('d5'));
  await gate.reached;
  await revoke('d5');
  gate.open();
  await late;
  const ofDb = (item: Record<string, unknown>) =>
    [item.grant, item.wish].some((part) => (part as { db?: string } | undefined)?.db === 'd5');
  const events = (await allItems()).filter((item) => String(item.pk).startsWith('audit#') && ofDb(item));
  const inOrder = events.sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1));
  const acts = (requestId: unknown) => inOrder.filter((event) => event.requestId === requestId).map(({ act }) => act);
  const requests = [...new Set(inOrder.map(({ requestId }) => requestId))];
  expect(requests.map((id) => acts(id).join(' ')).sort()).toEqual([
    'ending end_pending',
    'granted ending ended grant_failed',
  ]);
});
