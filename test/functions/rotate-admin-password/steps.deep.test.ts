import { rotateAdminPassword } from '../../../functions/rotate-admin-password/rotate-admin-password';
import { type Kind, labels, newToken, openRotations, type Rotations, steps } from '../../support/rotation';

let stage: Rotations;
beforeAll(async () => {
  stage = await openRotations();
});
afterAll(() => stage.close());
beforeEach(() => {
  stage.outside.before = undefined;
  stage.outside.after = undefined;
});

const kinds: Kind[] = ['one user', 'a pair'];
const handedOut = new Set<string>(['first-password', 'root-password']);
afterEach(async () => {
  // No password that any secret ever held is in a log or an error.
  for (const password of handedOut) expect(stage.said.filter((line) => line.includes(password))).toEqual([]);
});
const reasonOf = (attempt: Promise<void>) =>
  attempt.then(
    () => 'done',
    (fault: Error) => fault.message,
  );
async function rotate(name: string, token = newToken()): Promise<void> {
  await stage.begin(name, token);
  for (const step of steps) {
    await stage.step(name, token, step);
    handedOut.add(String((await stage.fieldsOf(name, 'AWSPENDING'))?.password));
  }
}
const opening = async (name: string) => {
  const open = await Promise.all(labels.map((label) => stage.opens(name, label)));
  return labels.filter((_, at) => open[at]);
};
const accessOf = async (user: string) => {
  const { users } = await stage.asRoot({ usersInfo: { user, db: 'admin' }, showAuthenticationRestrictions: true });
  return JSON.stringify(users, (key, value) => (['_id', 'userId', 'user'].includes(key) ? undefined : value));
};

test('one user: its password is changed by itself, the old one is refused, and all else in the secret stays', async () => {
  const name = await stage.host('one user', { ssl: false, retiredAt: 7 });
  const before = await stage.fieldsOf(name, 'AWSCURRENT');
  await rotate(name);
  const after = await stage.fieldsOf(name, 'AWSCURRENT');
  expect(after).toEqual({ ...before, password: expect.stringMatching(/^[A-Za-z0-9]{32}$/) });
  expect(await stage.opens(name, 'AWSCURRENT')).toBe(true);
  expect(await stage.opens(name, 'AWSPREVIOUS')).toBe(false);
  expect(await stage.fieldsOf(name, 'mongogrant-set')).toBeUndefined();
});

test('a pair: the other user takes over with the same roles and restrictions, and the one in use stays as it was', async () => {
  const name = await stage.host('a pair');
  const { username } = (await stage.fieldsOf(name, 'AWSCURRENT')) ?? {};
  const passwords: unknown[] = [];
  for (const user of [`${username}_clone`, username, `${username}_clone`]) {
    await rotate(name);
    const after = await stage.fieldsOf(name, 'AWSCURRENT');
    expect(after).toMatchObject({ username: user, note: 'kept', masterarn: 'mongogrant/hosts-masters/embedded' });
    passwords.push(after?.password);
    expect([await stage.opens(name, 'AWSCURRENT'), await stage.opens(name, 'AWSPREVIOUS')]).toEqual([true, true]);
  }
  expect(new Set(passwords).size).toBe(3);
  expect(await accessOf(`${username}_clone`)).toBe(await accessOf(String(username)));
  expect(await accessOf(String(username))).toContain('127.0.0.0/8');
});

test.each(kinds)('%s: every step may be repeated, and does nothing then', async (kind) => {
  const name = await stage.host(kind);
  const token = newToken();
  await stage.begin(name, token);
  for (const step of steps) {
    await stage.step(name, token, step);
    const once = await stage.fieldsOf(name, 'AWSPENDING');
    await stage.step(name, token, step);
    expect(await stage.fieldsOf(name, 'AWSPENDING')).toEqual(once);
    expect(await stage.opens(name, 'AWSPENDING')).toBe(step !== 'createSecret');
  }
  for (const step of steps) await stage.step(name, token, step);
  expect(await stage.opens(name, 'AWSCURRENT')).toBe(true);
});

test('what is no rotation event, or no pending version, is refused, and nothing changes', async () => {
  const name = await stage.host('one user');
  const before = await stage.versions.describe(stage.id(name));
  for (const step of steps)
    expect(await reasonOf(stage.step(name, newToken(), step))).toContain('is not staged AWSPENDING');
  expect(await reasonOf(stage.step(name, newToken(), 'dropSecret'))).toContain('no rotation event');
  expect(await reasonOf(stage.step(name, 'short', 'createSecret'))).toContain('no rotation event');
  expect(await reasonOf(stage.step('nowhere', newToken(), 'createSecret'))).toContain('createSecret failed');
  expect(await stage.versions.describe(stage.id(name))).toEqual(before);
  expect(await opening(name)).toEqual(['AWSCURRENT']);
});

test('a secret whose rotation is switched off is left alone', async () => {
  const name = await stage.host('one user');
  const token = newToken();
  await stage.begin(name, token);
  const describe = async (id: string) => ({ ...(await stage.versions.describe(id)), rotates: false });
  const deps = { ...stage.deps, versions: { ...stage.versions, describe } };
  const event = { SecretId: stage.id(name), ClientRequestToken: token, Step: 'createSecret' };
  expect(await reasonOf(rotateAdminPassword(deps, event))).toContain('is switched off');
  expect(await stage.fieldsOf(name, 'AWSPENDING')).toBeUndefined();
});

test('a step before its turn is refused: nothing is finished that was not set', async () => {
  const name = await stage.host('one user');
  const token = newToken();
  await stage.begin(name, token);
  expect(await reasonOf(stage.step(name, token, 'setSecret'))).toContain('has no pending value');
  await stage.step(name, token, 'createSecret');
  expect(await reasonOf(stage.step(name, token, 'testSecret'))).toContain('pending login');
  expect(await opening(name)).toEqual(['AWSCURRENT']);
});

test('a password that the server knows under AWSPREVIOUS only is enough to go on', async () => {
  const name = await stage.host('one user');
  await stage.writer.put(
    stage.id(name),
    JSON.stringify({ ...(await stage.fieldsOf(name, 'AWSCURRENT')), password: 'x' }),
  );
  await rotate(name);
  expect(await stage.opens(name, 'AWSCURRENT')).toBe(true);
});

test('where no version opens the server, the rotation fails and says so', async () => {
  const name = await stage.host('one user', { password: 'wrong' });
  expect(await reasonOf(rotate(name))).toBe(`No version of the secret ${stage.id(name)} opens its server`);
});

test('a pair does not begin with a master of another server, or a current login that is refused', async () => {
  const elsewhere = 'mongogrant/hosts-masters/elsewhere';
  const master = { ...stage.address, host: 'elsewhere.lab.org', username: 'root', password: 'root-password' };
  await stage.writer.create(elsewhere, JSON.stringify(master));
  const strange = await stage.host('a pair', { masterarn: elsewhere });
  expect(await reasonOf(rotate(strange))).toContain('is no login for the same server');
  const wrong = await stage.host('a pair', { password: 'wrong' });
  expect(await reasonOf(rotate(wrong))).toContain('The current login');
});

test('a user of a pair that lacks a role of the other does not take over', async () => {
  const name = await stage.host('a pair');
  const { username } = (await stage.fieldsOf(name, 'AWSCURRENT')) ?? {};
  await rotate(name);
  await rotate(name);
  await stage.asRoot({ grantRolesToUser: username, roles: ['hostManager'] });
  expect(await reasonOf(rotate(name))).toBe(`${username}_clone lacks roles that ${username} has: hostManager@admin`);
  expect(await stage.fieldsOf(name, 'AWSCURRENT')).toMatchObject({ username });
  expect(await stage.opens(name, 'AWSCURRENT')).toBe(true);
});

test.each(kinds)('%s: a host that is retired while its password changes stays retired', async (kind) => {
  const name = await stage.host(kind);
  const token = newToken();
  await stage.begin(name, token);
  for (const step of steps.slice(0, 3)) await stage.step(name, token, step);
  const { version } = { version: undefined, ...Object(await stage.versions.get(stage.id(name))) };
  const fields = await stage.fieldsOf(name, 'AWSCURRENT');
  await stage.writer.change(stage.id(name), JSON.stringify({ ...fields, retiredAt: 7 }), String(version));
  await stage.step(name, token, 'finishSecret');
  expect(await stage.fieldsOf(name, 'AWSCURRENT')).toMatchObject({ retiredAt: 7 });
  expect(await stage.opens(name, 'AWSCURRENT')).toBe(true);
  await rotate(name);
  expect(await stage.fieldsOf(name, 'AWSCURRENT')).toMatchObject({ retiredAt: 7 });
});

test('a value that is written at the very moment of the finish is not overwritten', async () => {
  const name = await stage.host('one user');
  const token = newToken();
  await stage.begin(name, token);
  for (const step of steps.slice(0, 3)) await stage.step(name, token, step);
  const fields = await stage.fieldsOf(name, 'AWSCURRENT');
  stage.outside.before = async (call) => {
    stage.outside.before = undefined;
    if (call === 'versions.describe') stage.outside.before = moveAway;
  };
  const moveAway = async (call: string) => {
    if (call !== 'versions.moveStage') return;
    stage.outside.before = undefined;
    await stage.writer.put(stage.id(name), JSON.stringify({ ...fields, usersDb: 'admin' }));
  };
  expect(await reasonOf(stage.step(name, token, 'finishSecret'))).toContain('finishSecret failed');
  expect(await stage.fieldsOf(name, 'AWSCURRENT')).toMatchObject({ usersDb: 'admin' });
  await stage.step(name, token, 'finishSecret');
  expect(await stage.fieldsOf(name, 'AWSCURRENT')).toMatchObject({ usersDb: 'admin' });
  expect(await stage.opens(name, 'AWSCURRENT')).toBe(true);
});

test('the privileges that docs/hosts.md names are enough, for one user and for the login over a pair', async () => {
  const grant = (role: string, actions: string[]) =>
    stage.asRoot({
      createRole: role,
      privileges: [{ resource: { db: 'admin', collection: '' }, actions }],
      roles: [],
    });
  await grant('rotatesItself', ['changeOwnPassword']);
  await stage.asRoot({ createUser: 'weak', pwd: 'first-password', roles: ['rotatesItself'] });
  const weak = await stage.host('one user', { username: 'weak' });
  await rotate(weak);
  expect(await stage.opens(weak, 'AWSCURRENT')).toBe(true);

  const over = ['viewUser', 'createUser', 'changePassword', 'setAuthenticationRestriction', 'grantRole'];
  await grant('rotatesOthers', over);
  await stage.asRoot({ createUser: 'over', pwd: 'first-password', roles: ['rotatesOthers'] });
  const master = 'mongogrant/hosts-masters/over';
  await stage.writer.create(master, JSON.stringify({ ...stage.address, username: 'over', password: 'first-password' }));
  const pair = await stage.host('a pair', { masterarn: master });
  await rotate(pair);
  await rotate(pair);
  expect(await stage.opens(pair, 'AWSCURRENT')).toBe(true);
});

test('a login that may not change its own password fails, and stays as it was', async () => {
  await stage.asRoot({ createUser: 'fixed', pwd: 'first-password', roles: [] });
  const name = await stage.host('one user', { username: 'fixed' });
  expect(await reasonOf(rotate(name))).toBe('setSecret failed; the log says why');
  expect(stage.said.some((line) => line.includes('"code":13'))).toBe(true);
  expect(await opening(name)).toEqual(['AWSCURRENT']);
});
