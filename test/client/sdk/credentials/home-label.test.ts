import { readFile, writeFile } from 'node:fs/promises';
import type { Client, ClientOptions } from '../../../../client/index';
import { clientStage } from '../../../support/client-stage';
import { later } from '../../../support/stage';

const on = clientStage();
/** A machine where labels are made. Each name is a home of its own. */
const athome: ClientOptions = { env: { HOME: '/nowhere' } };
const auth = (client: Client, label?: string) =>
  client.getAuth(on.stage.host, 'demo', 'rw', label === undefined ? {} : { label });
const worksStill = async ({ username, password }: { username: string; password: string }) =>
  (await on.stage.login(username, password, 'demo')).db('demo').collection('tasks').countDocuments();
const homeText = (name: string) => readFile(on.folder.path(`${name}.home.json`), 'utf8');
const asked = () => on.asked.filter((request) => request !== 'GET /grants');

test('two machines have a login each, and neither ends the other’s', async () => {
  const one = await auth(await on.member(athome, 'one'));
  const two = await auth(await on.member(athome, 'two'));
  expect(one.username).not.toBe(two.username);
  for (const [name, login] of Object.entries({ one, two })) {
    await worksStill(login);
    expect(login.label).toMatch(/-[a-z0-9]{4}$/);
    expect(JSON.parse(await homeText(name))).toEqual({ label: login.label });
    expect(login.username).toBe(`you_example.com_readWrite_${login.label}`);
  }
});

test('a home keeps its label, also if the Python client wrote the settings anew', async () => {
  const { label } = await auth(await on.member(athome));
  const { mongogrant: _, ...pythons } = JSON.parse(await on.text());
  await writeFile(on.folder.path('you.json'), JSON.stringify({ ...pythons, auth: [] }));
  expect(await auth(on.clientOf(athome))).toMatchObject({ label });
  expect(await on.clientOf(athome).label()).toBe(label);
});

test('a login is renewed and revoked under its label, also if the Python client dropped what was known of it', async () => {
  const { label } = await auth(await on.member(athome));
  const { mongogrant: _, ...pythons } = JSON.parse(await on.text());
  await writeFile(on.folder.path('you.json'), JSON.stringify(pythons));
  const client = on.clientOf(athome);
  expect(await client.renew(on.spec())).toMatchObject({ label });
  await writeFile(on.folder.path('you.json'), JSON.stringify(pythons));
  expect((await client.revoke(on.spec())).revoked).toMatchObject([{ label }]);
  expect(JSON.parse(await on.text()).auth).toEqual([]);
});

test('a pipeline, or a process without a home, gets no label unless one is given', async () => {
  const client = await on.member({ env: { CI: 'true' } });
  expect(await auth(client)).toMatchObject({ label: '' });
  expect(await auth(on.clientOf({ env: { HOME: '' } }))).toMatchObject({ label: '' });
  await expect(homeText('you')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await auth(on.clientOf({ env: { CI: 'true', MGRANT_LABEL: 'build' } }))).toMatchObject({ label: 'build' });
});

test('a label that is given comes first: that of the call, the option, the variable, and then that of the home', async () => {
  const env = { HOME: '/nowhere', MGRANT_LABEL: 'variable' };
  await (await on.member(athome)).setLabel('home');
  expect(await auth(on.clientOf({ env, label: 'option' }), 'call')).toMatchObject({ label: 'call' });
  expect(await auth(on.clientOf({ env, label: 'option' }))).toMatchObject({ label: 'option' });
  expect(await auth(on.clientOf({ env }))).toMatchObject({ label: 'variable' });
  expect(await auth(on.clientOf({ env: { ...env, MGRANT_LABEL: '' } }))).toMatchObject({ label: 'home' });
  expect(await auth(on.clientOf({ env, label: '' }))).toMatchObject({ label: '' });
  await expect(auth(on.clientOf({ env: { ...env, MGRANT_LABEL: 'my job' } }))).rejects.toMatchObject({
    code: 'label_invalid',
  });
});

describe('a login without a label that is held already', () => {
  const held = async () => auth(await on.member({ env: { CI: 'true' } }));

  test('stays in use, is renewed and is revoked, and no second one is made', async () => {
    const { username } = await held();
    const client = on.clientOf(athome);
    expect(await auth(client)).toMatchObject({ username });
    await client.renew(on.spec());
    expect(await auth(client)).toMatchObject({ username });
    expect((await client.revoke(on.spec())).revoked).toMatchObject([{ username, label: '' }]);
    expect(asked()).toEqual(['POST /grants', 'POST /grants/renew', 'DELETE /grants']);
  });

  test('stays in use where the Python client, or a person, wrote it down', async () => {
    const client = await on.member(athome);
    await client.setAuth(on.stage.host, 'demo', 'rw', 'by-hand', 'by-hand');
    expect(await auth(client)).toMatchObject({ username: 'by-hand' });
    expect(asked()).toEqual([]);
  });

  test('makes room for one with the label of the home when it ends', async () => {
    const { expires } = await held();
    later(on.stage, ((expires?.getTime() ?? 0) - on.stage.clock.now.getTime()) / 1000);
    const client = await on.member(athome);
    const { label } = await auth(client);
    expect(label).toBe(JSON.parse(await homeText('you')).label);
    expect(JSON.parse(await on.text()).auth).toHaveLength(1);
  });

  test('makes room for one with the label of the home when MongoDB refuses its password', async () => {
    await held();
    // Another machine without labels gets a new password for it.
    const other = await auth(await on.member({ env: { CI: 'true' } }, 'other'));
    const client = on.clientOf(athome);
    await (await client.db(on.spec())).collection('tasks').insertOne({});
    expect(await auth(client)).toMatchObject({ label: JSON.parse(await homeText('you')).label });
    await worksStill(other);
  });
});

test('the label of release 0.1.0, in the settings, goes on counting, and outlives the Python client', async () => {
  await on.member();
  const settings = { ...JSON.parse(await on.text()), mongogrant: { label: 'workstation' } };
  await writeFile(on.folder.path('you.json'), JSON.stringify(settings));
  expect(await on.clientOf(athome).label()).toBe('workstation');
  expect(await auth(on.clientOf(athome))).toMatchObject({ label: 'workstation' });
  const { mongogrant: _, ...pythons } = JSON.parse(await on.text());
  await writeFile(on.folder.path('you.json'), JSON.stringify(pythons));
  expect(await on.clientOf(athome).label()).toBe('workstation');
});

test('a home whose label was set to none gets none', async () => {
  const client = await on.member(athome);
  await client.setLabel('');
  expect(await auth(client)).toMatchObject({ label: '' });
  expect(await client.home()).toMatchObject({ label: '', settings: on.folder.path('you.json') });
});

test('whoever loses a login without a label gets one of their own, and is told that the other goes on', async () => {
  const bare = { env: { CI: 'true' } };
  await auth(await on.member(bare, 'one'));
  const theirs = await auth(await on.member(bare, 'two'), '');
  on.warnings.length = 0;
  const settings = on.folder.path('one.json');
  const own = await auth(on.clientOf({ ...athome, settings }));
  expect(on.warnings).toEqual([
    expect.stringMatching(new RegExp(`a login of your own now, under the label ${own.label}, and theirs goes on\\.$`)),
  ]);
  await worksStill(own);
  await worksStill(theirs);
});
