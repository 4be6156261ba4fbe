import { createServer, type RequestListener, type Server } from 'node:http';
import { inspect } from 'node:util';
import { Client, type ClientOptions } from '../../../../client/index';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
const secret = 'eyJhbGciOiJIUzI1NiJ9.secret-token.c2ln';
let servers: Server[] = [];

afterEach(async () => {
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  servers = [];
});

/** A server on this machine, and its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

async function clientAt(endpoint: string, options: ClientOptions = {}): Promise<Client> {
  const client = new Client({ settings: folder.path('settings.json'), sleep: async () => {}, ...options });
  await client.setRemote(endpoint, secret);
  return client;
}

const failureOf = (request: Promise<unknown>): Promise<unknown> =>
  request.then(
    () => undefined,
    (fault: unknown) => fault,
  );
const answering = (answers: [number, object, Record<string, string>?][]) => {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    const [status, json, headers] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, {}];
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
  };
  return { asked, listener };
};
const problem = (code: string) => ({ code, detail: `This is ${code}.`, requestId: 'r1' });
const me = { email: 'you@lab.org', expires: '2026-12-24T08:00:00Z', admin: false, ruler: false, access: [] };

test('a redirect is not followed: the token goes to its own endpoint only', async () => {
  const stolen: unknown[] = [];
  const thief = await serve((request, response) => {
    stolen.push(request.headers.authorization);
    response.end('{}');
  });
  for (const status of [301, 302, 307, 308]) {
    const endpoint = await serve((_request, response) => response.writeHead(status, { location: `${thief}/me` }).end());
    expect(await failureOf((await clientAt(endpoint, { endpoint })).me())).toMatchObject({
      code: 'answer_unknown',
      reason: 'redirected',
    });
  }
  expect(stolen).toEqual([]);
});

test('plain http is for this machine only, unless somebody says otherwise', async () => {
  const asked: string[] = [];
  const fetched: typeof fetch = async (input) => {
    asked.push(String(input));
    return Response.json(me);
  };
  const client = await clientAt('http://localhost:3000', { fetch: fetched });
  await expect(client.setRemote('http://api.lab.org', secret)).rejects.toMatchObject({ code: 'endpoint_insecure' });
  for (const bad of ['api.lab.org', 'ftp://api.lab.org', 'https://me:pw@api.lab.org', 'https://api.lab.org?x=1'])
    await expect(client.setRemote(bad, secret)).rejects.toMatchObject({ code: 'endpoint_invalid' });
  // Such an endpoint may stand in the file already.
  const open = await clientAt('http://api.lab.org', { fetch: fetched, allowHttp: true });
  await open.removeRemote('http://localhost:3000');
  const careful = new Client({ settings: folder.path('settings.json'), fetch: fetched });
  await expect(careful.me()).rejects.toMatchObject({ code: 'endpoint_insecure' });
  expect(asked).toEqual([]);
  await open.me();
  expect(asked).toEqual(['http://api.lab.org/me']);
});

test('a request that takes too long is given up, with no word of the token in the error', async () => {
  const endpoint = await serve((_request, response) => void response.write('{'));
  const failure = await failureOf((await clientAt(endpoint, { timeout: 50 })).me());
  expect(failure).toMatchObject({ code: 'no_answer', message: expect.stringContaining(endpoint) });
  expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('secret-token');
});

test('what fetch says about a secret is not passed on', async () => {
  const fetched: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const said = `${request.url} with ${request.headers.get('authorization')} failed`;
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(said), { request, code: 'E_WORDY' }) });
  };
  const client = await clientAt('https://api.lab.org', { fetch: fetched });
  const link = 'https://api.lab.org/links/you@lab.org.a-secret-link';
  const failures = [
    await failureOf(client.me()),
    await failureOf(client.redeemLink(link)),
    await failureOf(client.setRemote('https://api.lab.org', `${secret}\n`)),
  ];
  for (const failure of failures) {
    expect(failure).toHaveProperty('name', 'MongograntError');
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/secret-(token|link)/);
  }
});

test('what can be repeated is, three times in all, where no answer came or the API asks for patience', async () => {
  const { asked, listener } = answering([
    [503, problem('internal')],
    [429, problem('too_many_requests')],
    [200, me],
  ]);
  const waited: number[] = [];
  const client = await clientAt(await serve(listener), { sleep: async (seconds) => void waited.push(seconds) });
  expect(await client.me()).toMatchObject(me);
  expect(asked).toEqual(['GET /me', 'GET /me', 'GET /me']);
  expect(waited).toEqual([1, 2]);
  const silent = answering([[503, problem('internal'), { 'retry-after': '7' }]]);
  const other = await clientAt(await serve(silent.listener), { endpoint: await serve(silent.listener) });
  await expect(other.me()).rejects.toMatchObject({ code: 'token_missing' });
});

test.each([
  ['a link', (client: Client, at: string) => client.requestLink('you@lab.org', at), 503, 1],
  ['a redeemed link', (client: Client, at: string) => client.redeemLink(`${at}/links/some-link`), 503, 1],
  ['a rule, of which nobody knows whether it was set', (client: Client) => client.setRule(rule), 503, 1],
  ['a rule that was certainly not set', (client: Client) => client.setRule(rule), 429, 3],
  ['a revocation', (client: Client) => client.revoke({ db: 'fireworks' }), 503, 3],
  ['a refusal', (client: Client) => client.me(), 403, 1],
])('how often it is asked: %s', async (_what, act, status, times) => {
  const { asked, listener } = answering([[status, problem('this_code')]]);
  const endpoint = await serve(listener);
  const failure = await failureOf(act(await clientAt(endpoint), endpoint));
  expect(failure).toMatchObject({ code: 'this_code', status, requestId: 'r1', message: 'This is this_code.' });
  expect(asked).toHaveLength(times);
});
const rule = { email: 'you@lab.org', host: '*', db: '*', role: 'read', which: 'allow' } as const;

describe("API Gateway's own 429, which has no problem document", () => {
  const bare: [number, object] = [429, { message: 'Too Many Requests' }];
  const set = { ...rule, version: 1, setBy: me.email, setAt: me.expires };
  const redeemed = { token: 't', email: me.email, expires: me.expires };

  test.each([
    ['a link', (client: Client, at: string) => client.requestLink('you@lab.org', at), { msg: 'Sent.' }],
    ['a redeemed link', (client: Client, at: string) => client.redeemLink(`${at}/links/some-link`), redeemed],
    ['a rule', (client: Client) => client.setRule(rule), set],
    ['a question', (client: Client) => client.me(), me],
  ])('%s is asked for again, as nothing was done', async (_what, act, body) => {
    const { asked, listener } = answering([bare, bare, [200, body]]);
    const endpoint = await serve(listener);
    const waited: number[] = [];
    await act(await clientAt(endpoint, { sleep: async (seconds) => void waited.push(seconds) }), endpoint);
    expect([asked.length, waited]).toEqual([3, [1, 2]]);
  });

  test('says so where it does not pass', async () => {
    const { listener } = answering([bare]);
    const failure = await failureOf((await clientAt(await serve(listener))).me());
    expect(failure).toMatchObject({
      code: 'too_many_requests',
      status: 429,
      message: expect.stringMatching(/^The service gets more/),
    });
  });
});

test('nobody is kept waiting longer than they would like: whoever is told to wait for a minute hears of it', async () => {
  const { asked, listener } = answering([[503, problem('host_unreachable'), { 'retry-after': '60' }]]);
  const client = await clientAt(await serve(listener));
  await expect(client.db('ro:dev/fireworks')).rejects.toMatchObject({ code: 'host_unreachable', retryAfter: 60 });
  expect(asked).toEqual(['POST /grants']);
});

test('an answer that is none of ours is not taken for one', async () => {
  const { listener } = answering([[200, { hello: 'I am a login page' }]]);
  await expect((await clientAt(await serve(listener))).me()).rejects.toMatchObject({ code: 'answer_unknown' });
});
