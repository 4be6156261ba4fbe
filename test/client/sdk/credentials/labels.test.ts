import { clientStage } from '../../../support/client-stage';

const on = clientStage();
const username = async (client = on.clientOf(), label?: string) =>
  (await client.getAuth(on.stage.host, 'demo', 'rw', label === undefined ? {} : { label })).username;

test('without a label the username is that of the Python client; with one, the credentials stand side by side', async () => {
  const client = await on.member();
  expect(await username(client)).toBe('you_example.com_readWrite');
  expect(await username(on.clientOf({ label: 'job' }))).toBe('you_example.com_readWrite_job');
  expect(await username(client, 'job')).toBe('you_example.com_readWrite_job');
  expect(await username(client, '')).toBe('you_example.com_readWrite');
  expect(on.asked.filter((request) => request === 'POST /grants')).toHaveLength(2);
  const all = await Promise.all(['', 'job'].map((label) => client.db(on.spec(), { label })));
  await Promise.all(all.map((db) => db.collection('tasks').insertOne({})));
});

test('the label of the settings file holds for every client that names none', async () => {
  const client = await on.member();
  await client.setLabel('laptop');
  expect(await on.clientOf().label()).toBe('laptop');
  expect(await username()).toBe('you_example.com_readWrite_laptop');
  expect(await username(on.clientOf({ label: 'job' }))).toBe('you_example.com_readWrite_job');
  const { revoked } = await client.revoke(on.spec());
  expect(revoked).toMatchObject([{ label: 'laptop' }]);
  await expect(client.setLabel('my laptop')).rejects.toMatchObject({ code: 'label_invalid' });
});

test('revoking all forgets every credential, and nothing but those', async () => {
  const client = await on.member();
  await Promise.all([username(client), username(client, 'job')]);
  await client.setAuth('mongodb09.lab.org', 'own', 'rw', 'me', 'my-own');
  expect((await client.revoke({ host: on.stage.host })).revoked).toHaveLength(2);
  expect(JSON.parse(await on.text()).auth).toMatchObject([{ host: 'mongodb09.lab.org' }]);
});
