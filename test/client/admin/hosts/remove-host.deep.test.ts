import { openRegistry, type Registry } from '../../../support/registry';
import { allItems, createSecret, later } from '../../../support/stage';

let registry: Registry;
let you: string;
const owners = { you: 'you@example.com', other: 'other@example.com' };
beforeEach(async () => {
  registry = await openRegistry();
  const admin = await registry.tokenFor('admin@example.com');
  const rule = { email: '*@example.com', host: '*', db: '*', role: 'readWrite', which: 'allow' };
  await registry.ask('PUT', '/rules', { token: admin, body: rule });
  you = await registry.tokenFor(owners.you);
});
afterEach(async () => {
  // Whatever a test did: no event and no log tells the login.
  const told = JSON.stringify([await registry.events(), registry.logged]);
  expect(told).not.toContain(registry.admin.password);
  await registry.close();
});

const wish = (label = '') => ({ host: registry.host, db: 'fw', role: 'readWrite', label });
const grant = (label = '', token = you) => registry.ask('POST', '/grants', { token, body: wish(label) });
const renew = (label = '') => registry.ask('POST', '/grants/renew', { token: you, body: wish(label) });
const fields = async (host = registry.host) => {
  const stored = await registry.hosts.read(host);
  return typeof stored === 'object' ? stored.fields : stored;
};
const acts = async () => (await registry.events()).map(({ act, reason }) => [act, reason].filter(Boolean).join(' '));
const rows = async () => (await allItems()).filter(({ pk }) => String(pk).startsWith('grants#'));
const moment = () => registry.clock.now.getTime() / 1000;
/** Until every function has forgotten what it read. */
const forget = () => later(registry.stage, 301);

test('a host on which grants live is not removed and not retired; the answer says how many, and whose they are', async () => {
  await grant();
  await grant('laptop');
  await grant('', await registry.tokenFor(owners.other));
  const before = await fields();
  const refused = await registry.remove();
  expect(refused).toMatchObject({ state: 'refused', host: registry.host, reason: 'host_in_use' });
  expect('detail' in refused && refused.detail).toBe(
    `3 grants live on ${registry.host}: ${owners.other}, ${owners.you} (2).`,
  );
  expect('left' in refused && refused.left).toHaveLength(3);
  expect(await fields()).toEqual(before);
  expect((await registry.events()).at(-1)).toMatchObject({ act: 'host_refused', reason: 'host_in_use', count: 3 });
  forget();
  expect((await grant('more')).status).toBe(201);
});

test('a host without grants is retired first, and deleted six minutes later', async () => {
  await createSecret('mongogrant/hosts/h.lab.org', { ...registry.login, dbname: 'kept', ssl: 'false' });
  const until = moment() + 360;
  const remove = () => registry.remove({ host: 'H.lab.org:27017' });
  expect(await remove()).toEqual({ state: 'retiring', host: 'h.lab.org', until, ended: [] });
  expect(await fields('h.lab.org')).toEqual({
    ...registry.login,
    dbname: 'kept',
    ssl: 'false',
    retiredAt: moment(),
  });
  later(registry.stage, 359.9);
  expect(await remove()).toEqual({ state: 'retiring', host: 'h.lab.org', until, ended: [] });
  expect(await fields('h.lab.org')).toMatchObject({ dbname: 'kept' });
  later(registry.stage, 0.1);
  const removed = { state: 'removed', host: 'h.lab.org', ended: [] };
  expect(await remove()).toEqual(removed);
  expect(await fields('h.lab.org')).toBe('deleted');
  expect(await remove()).toEqual(removed);
  expect(await acts()).toEqual(['host_retired', 'host_removed']);
});

test('a retired host gives 403 to new grants, known labels and renewals, as an unknown one does, but what lives there can be revoked', async () => {
  const { username, password } = (await grant()).json;
  const stored = await registry.hosts.read(registry.host);
  if (typeof stored === 'string') throw new Error(stored);
  await registry.hosts.retire(registry.host, { ...stored.fields, retiredAt: moment() }, stored.version);
  forget();
  const unknown = await registry.ask('POST', '/grants', { token: you, body: { ...wish(), host: 'unknown.lab.org' } });
  for (const refused of [await grant('new'), await grant(), await renew()]) {
    expect([refused.status, refused.json.code]).toEqual([403, 'not_allowed']);
    expect(refused.json.detail).toBe(unknown.json.detail.replace('unknown.lab.org', registry.host));
  }
  expect(await rows()).toMatchObject([{ state: 'active', version: 2 }]);
  const reasons = (await allItems()).filter(({ act }) => /refused$/.test(String(act))).map(({ reason }) => reason);
  expect(reasons.sort()).toEqual(['host_retired', 'host_retired', 'host_retired', 'host_unknown']);
  await registry.stage.login(username, password, 'fw');
  const { revoked } = (await registry.ask('DELETE', '/grants', { token: you })).json;
  expect(revoked).toMatchObject([{ username, state: 'ended' }]);
  await expect(registry.stage.login(username, password, 'fw')).rejects.toMatchObject({ code: 18 });
});

test('with force the grants end first, then the host goes the same way', async () => {
  const { username, password } = (await grant()).json;
  await grant('', await registry.tokenFor(owners.other));
  const first = await registry.remove({ force: true });
  expect(first).toMatchObject({
    state: 'retiring',
    until: moment() + 360,
    ended: [{ state: 'ended' }, { state: 'ended' }],
  });
  await expect(registry.stage.login(username, password, 'fw')).rejects.toMatchObject({ code: 18 });
  expect((await rows()).map(({ state }) => state)).toEqual(['ended', 'ended']);
  later(registry.stage, 360);
  expect(await registry.remove({ force: true })).toMatchObject({ state: 'removed', ended: [] });
  expect((await grant()).json.code).toBe('not_allowed');
  const ending = (await allItems()).filter(({ pk, act }) => String(pk).startsWith('audit#2') && act === 'ending');
  expect(ending).toMatchObject([
    { by: 'ops@lab.org', why: 'revoked' },
    { by: 'ops@lab.org', why: 'revoked' },
  ]);
});

test('a grant that a function gives which does not know yet stands in the way of the secret’s end', async () => {
  await grant('warm');
  await registry.ask('DELETE', '/grants', { token: you });
  expect(await registry.remove()).toMatchObject({ state: 'retiring' });
  const { username, password } = (await grant('late')).json;
  later(registry.stage, 360);
  expect(await registry.remove()).toMatchObject({ state: 'refused', reason: 'host_in_use' });
  expect(await fields()).toMatchObject({ username: registry.admin.username });
  await registry.stage.login(username, password, 'fw');
  expect(await registry.remove({ force: true })).toMatchObject({ state: 'removed', ended: [{ label: 'late' }] });
  await expect(registry.stage.login(username, password, 'fw')).rejects.toMatchObject({ code: 18 });
});

test('where the host is down its grants stay pending and its secret stays, until it is up again', async () => {
  const { username, password } = (await grant()).json;
  await registry.add({ secret: { ...registry.login, port: 1 }, replace: true });
  later(registry.stage, 1000);
  const refused = await registry.remove({ force: true });
  expect(refused).toMatchObject({
    reason: 'host_in_use',
    left: [{ grant: { email: owners.you, state: 'ending' }, reason: 'host_unreachable' }],
  });
  expect('detail' in refused && refused.detail).toContain('could not be ended yet: host_unreachable');
  expect(await fields()).toMatchObject({ port: 1, retiredAt: moment() });
  later(registry.stage, 1000);
  expect(await registry.remove({ force: true })).toMatchObject({ reason: 'host_in_use' });
  await registry.stage.login(username, password, 'fw');

  await registry.add({ replace: true });
  later(registry.stage, 1000);
  expect(await registry.remove({ force: true })).toMatchObject({ state: 'retiring', ended: [{ username }] });
  await expect(registry.stage.login(username, password, 'fw')).rejects.toMatchObject({ code: 18 });
  later(registry.stage, 360);
  expect(await registry.remove()).toMatchObject({ state: 'removed' });
});

test('a host that is being removed comes back with a replace, and its removal begins anew', async () => {
  await registry.remove();
  expect(await registry.add({})).toMatchObject({ reason: 'host_exists' });
  expect(await registry.add({ replace: true })).toMatchObject({ state: 'changed' });
  expect(await fields()).not.toHaveProperty('retiredAt');
  later(registry.stage, 1000);
  expect((await grant()).status).toBe(201);
  await registry.ask('DELETE', '/grants', { token: you });
  expect(await registry.remove()).toMatchObject({ state: 'retiring', until: moment() + 360 });
});

test('a password that is changed at the same moment is not lost: the removal is refused', async () => {
  const rotated = { ...registry.login, password: 'rotated' };
  registry.outside.after = async (call) => {
    if (call !== 'hosts.read') return;
    registry.outside.after = undefined;
    await registry.hosts.put(registry.host, rotated);
  };
  expect(await registry.remove()).toMatchObject({ state: 'refused', reason: 'host_changed' });
  expect(await fields()).toEqual(rotated);
  expect(await acts()).toEqual(['host_retired', 'host_refused host_changed']);
  expect(await registry.remove()).toMatchObject({ state: 'retiring' });
  expect(await fields()).toMatchObject(rotated);
});

test('a host that is not there, has no name or no readable secret is refused, and nothing is written', async () => {
  await createSecret('mongogrant/hosts/broken', 'hunter2');
  expect(await registry.remove({ host: 'unknown.lab.org' })).toMatchObject({ reason: 'host_unknown' });
  expect(await registry.remove({ host: '../signing-key' })).toMatchObject({ reason: 'host_invalid' });
  const refused = await registry.remove({ host: 'broken', force: true });
  expect(refused).toMatchObject({ reason: 'secret_invalid' });
  expect(JSON.stringify(refused)).not.toContain('hunter2');
  expect(await fields('broken')).toBe('unreadable');
  expect(await acts()).toEqual(['host_refused host_unknown', 'host_refused secret_invalid']);
});

test('of many grants at most eight are ended at the same time', async () => {
  for (let label = 0; label < 12; label++) await grant(String(label));
  let [running, most] = [0, 0];
  registry.outside.before = (call) => {
    if (call === 'users.lock') most = Math.max(most, ++running);
  };
  registry.outside.after = (call) => {
    if (call === 'users.drop') running--;
  };
  const { ended } = { ended: [], ...(await registry.remove({ force: true })) };
  expect(ended).toHaveLength(12);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});

describe.each(['before', 'after'] as const)('a removal that is cut off %s any of its calls', (when) => {
  /** Cuts the act off at this call; true if it made that many. */
  async function cutOff(at: number, act: () => Promise<unknown>): Promise<boolean> {
    let calls = 0;
    registry.outside[when] = () => {
      if (++calls === at) throw new Error('cut off');
    };
    await act().catch((error: unknown) => {
      if (!(error instanceof Error && error.message === 'cut off')) throw error;
    });
    registry.outside[when] = undefined;
    return calls >= at;
  }
  const endsWell = async () => {
    if ((await fields()) !== 'deleted') return;
    expect((await rows()).filter(({ state }) => state !== 'ended')).toEqual([]);
  };

  test('is finished by repeating it, and never leaves a grant that nobody could end', async () => {
    const force = () => registry.remove({ force: true });
    for (let at = 1, more = true; more; at++) {
      await registry.add({ replace: true });
      later(registry.stage, 1000);
      const { username, password } = (await grant()).json;
      more = await cutOff(at, force);
      await endsWell();
      // What was cut off may hold the lease of the grant's end.
      later(registry.stage, 61);
      expect((await force()).state).toBe('retiring');
      await expect(registry.stage.login(username, password, 'fw')).rejects.toMatchObject({ code: 18 });
      later(registry.stage, 360);
      await cutOff(at, force);
      await endsWell();
      expect((await force()).state).toBe('removed');
    }
  });
});
