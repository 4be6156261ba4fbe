import { readFile } from 'node:fs/promises';
import { Client, type ClientOptions } from '../../../client/index';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const endpoints = ['https://api.lab.org', 'https://grants.physics.org', 'https://test.api.lab.org/v1'];

const me = {
  ...{ email: 'you@lab.org', expires: '2026-12-24T08:00:00.000Z' },
  ...{ admin: false, ruler: false, access: [] },
};

/** A client with three services, and where its requests went. */
async function clientOf(options: ClientOptions = {}) {
  const heard: string[] = [];
  const client = new Client({
    ...{ settings: folder.path('settings.json'), env: {}, sleep: async () => {} },
    fetch: async (input, init) => {
      const { url } = new Request(input, init);
      heard.push(url.replace('/me', ''));
      return Response.json(me);
    },
    ...options,
  });
  for (const endpoint of endpoints) await client.setRemote(endpoint, 'token');
  return { client, heard };
}

test.each([
  ['physics', endpoints[1]],
  ['api.lab.org', endpoints[0]],
  ['TEST', endpoints[2]],
  ['https://grants.physics.org/', endpoints[1]],
])('%s names the service', async (name, endpoint) => {
  for (const options of [{ endpoint: name }, { env: { MGRANT_ENDPOINT: name } }]) {
    const { client, heard } = await clientOf(options);
    await client.me();
    expect(heard.map((one) => one.replace(/\/$/, ''))).toEqual([endpoint]);
  }
  const { client, heard } = await clientOf();
  expect(await client.use(name)).toBe(endpoint);
  await client.me();
  expect(heard).toEqual([endpoint]);
});

test.each([
  ['chemistry', 'No service here has the name "chemistry". There are:', endpoints],
  ['lab', '"lab" is a part of the names of several services:', [endpoints[0], endpoints[2]]],
  ['', 'No service here has the name "". There are:', endpoints],
])('%j names none, and those that it may be are listed', async (name, words, listed) => {
  const { client, heard } = await clientOf();
  const message = [words, ...listed.map((one) => `  ${one}`)].join('\n');
  await expect(client.use(name)).rejects.toMatchObject({ code: 'endpoint_invalid', message });
  await expect((await clientOf({ endpoint: name })).client.me()).rejects.toMatchObject({ message });
  expect(heard).toEqual([]);
});

test('the service of this home is asked by every client that names none, until all are again', async () => {
  await (await clientOf()).client.use('physics');
  expect(JSON.parse(await readFile(folder.path('settings.home.json'), 'utf8'))).toEqual({ endpoint: endpoints[1] });
  const { client, heard } = await clientOf();
  await client.me();
  const other = await clientOf({ endpoint: endpoints[0] ?? '' });
  await other.client.me();
  expect([heard, other.heard]).toEqual([[endpoints[1]], [endpoints[0]]]);
  expect(await client.use()).toBeUndefined();
  expect(await client.home()).toMatchObject({ endpoint: undefined });
});

test('a service of this home that has no token is not passed over for another one', async () => {
  const { client, heard } = await clientOf();
  await client.use('physics');
  await client.setRemote(endpoints[1] ?? '', '');
  await expect(client.me()).rejects.toMatchObject({
    code: 'token_missing',
    message: expect.stringContaining('grants.physics.org'),
  });
  expect(heard).toEqual([]);
});
