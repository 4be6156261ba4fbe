import { inspect } from 'node:util';
import { Client, MongograntError } from '../../../client/index';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
const credential = {
  ...{ host: 'mongodb03.lab.org', db: 'fireworks', role: 'read', label: '', expires: '2030-12-24T08:00:00.000Z' },
  ...{ username: 'ada', password: 'the-password', uri: 'mongodb://ada:the-password@m3.lab.org/fireworks?tls=true' },
};
const refused = (code: string, status: number) => Response.json({ code, detail: `No: ${code}.` }, { status });

/** A client with three remotes, each with a token of its own, and what each of them heard. */
async function clientOf(answers: Record<string, () => Response>) {
  const heard: { to: string; token: string | null; body: string }[] = [];
  const client = new Client({
    settings: folder.path('settings.json'),
    env: { CI: 'true' },
    sleep: async () => {},
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const to = new URL(request.url).hostname;
      heard.push({ to, token: request.headers.get('authorization'), body: await request.text() });
      const answer = answers[to];
      if (!answer) throw new TypeError('fetch failed');
      return answer();
    },
  });
  for (const name of ['one', 'two', 'three']) await client.setRemote(`https://${name}.org`, `token-of-${name}`);
  return { client, heard };
}

test('remotes are asked in their order until one gives, each with its own token, and none hears of another', async () => {
  const { client, heard } = await clientOf({
    'two.org': () => refused('not_allowed', 403),
    'three.org': () => Response.json(credential, { status: 201 }),
  });
  expect(await client.getAuth('mongodb03.lab.org', 'fireworks', 'ro')).toMatchObject({ endpoint: 'https://three.org' });
  expect(heard.map(({ to }) => to)).toEqual(['one.org', 'one.org', 'one.org', 'two.org', 'three.org']);
  for (const { to, token, body } of heard) {
    expect(token).toBe(`Bearer token-of-${to.replace('.org', '')}`);
    expect(JSON.parse(body)).toEqual({ host: 'mongodb03.lab.org', db: 'fireworks', role: 'read' });
  }
  expect(await client.uri('ro:mongodb03.lab.org/fireworks')).toBe(credential.uri);
  expect(heard).toHaveLength(5);
});

test('if none gives, the error says what each one said, under the code of the first that said more than no', async () => {
  const { client } = await clientOf({
    'one.org': () => refused('not_allowed', 403),
    'two.org': () => refused('token_expired', 401),
    'three.org': () => refused('not_allowed', 403),
  });
  const failure = await client.db('ro:mongodb03.lab.org/fireworks').catch((fault: unknown) => fault);
  expect(failure).toBeInstanceOf(MongograntError);
  expect(failure).toMatchObject({ code: 'token_expired', status: 401 });
  expect(failure).toHaveProperty(
    'message',
    [
      'No remote gave a credential.',
      '  https://one.org: No: not_allowed.',
      '  https://two.org: No: token_expired.',
      '  https://three.org: No: not_allowed.',
    ].join('\n'),
  );
  expect(inspect(failure, { depth: 20 })).not.toContain('token-of');
});

test('a client that was made for one remote asks no other', async () => {
  const { client, heard } = await clientOf({ 'two.org': () => Response.json(credential, { status: 201 }) });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    heard.push({ to: new URL(new Request(input, init).url).hostname, token: '', body: '' });
    return refused('not_allowed', 403);
  };
  const one = new Client({ settings: folder.path('settings.json'), endpoint: 'https://two.org/', fetch });
  await expect(one.db('ro:mongodb03.lab.org/fireworks')).rejects.toMatchObject({ code: 'not_allowed' });
  expect(heard.map(({ to }) => to)).toEqual(['two.org']);
  await client.close();
});

test('an endpoint is the same with a slash at its end, stays where it is, and can be forgotten', async () => {
  const { client } = await clientOf({});
  await client.setRemote('https://two.org/', 'new-token');
  expect(await client.remotes()).toEqual([
    { endpoint: 'https://one.org', token: 'token-of-one' },
    { endpoint: 'https://two.org', token: 'new-token' },
    { endpoint: 'https://three.org', token: 'token-of-three' },
  ]);
  await client.removeRemote('https://one.org/');
  expect((await client.remotes()).map(({ endpoint }) => endpoint)).toEqual(['https://two.org', 'https://three.org']);
});
