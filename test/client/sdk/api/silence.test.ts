import { createServer } from 'node:net';
import { inspect } from 'node:util';
import { Agent, fetch as ownFetch } from 'undici';
import { Client, type ClientOptions, MongograntError } from '../../../../client/index';
import { environmentFetch } from '../../../../client/sdk/api/environment-fetch';
import { labCa, selfSigned } from '../../../support/lab-ca';
import { temporaryFolder } from '../../../support/temporary-folder';
import { endServers, listenAt, serveHttp, serveHttps, startProxy } from '../../../support/way-to-service';

const folder = temporaryFolder();
const token = 'eyJhbGciOiJIUzI1NiJ9.secret-token.c2ln';
afterEach(endServers);

let slept: number;
/** What somebody is told who asks there who they are. */
async function failureAt(endpoint: string, options: ClientOptions = {}): Promise<MongograntError> {
  slept = 0;
  const sleep = async () => void slept++;
  const client = new Client({ settings: folder.path('settings.json'), sleep, allowHttp: true, endpoint, ...options });
  await client.setRemote(endpoint, token);
  const failure = await client.me().then(
    () => undefined,
    (fault: unknown) => fault,
  );
  if (!(failure instanceof MongograntError)) throw new Error('It worked', { cause: failure });
  expect(inspect(failure, { depth: 20, showHidden: true })).not.toContain('secret-token');
  return failure;
}

const me = { email: 'you@lab.org', expires: '2026-12-24T08:00:00Z', admin: false, ruler: false, access: [] };
const answering = (status: number, text: string, headers: Record<string, string> = {}) =>
  serveHttp((_request, response) => response.writeHead(status, headers).end(text));

const trusting =
  (ca: string): typeof fetch =>
  async (input, init) =>
    ownFetch(String(input), {
      headers: Object.fromEntries(new Headers(init?.headers)),
      dispatcher: new Agent({ connect: { ca } }),
    });

/** A port of this machine where nothing listens any more. */
async function freedPort(): Promise<number> {
  const port = await listenAt(createServer());
  await endServers();
  return port;
}

test('a name that is not found, and a port where nothing listens', async () => {
  expect(await failureAt('https://no-such-host.invalid')).toMatchObject({
    code: 'no_answer',
    reason: 'name_unknown',
    message: expect.stringMatching(/no-such-host\.invalid can't be found \((ENOTFOUND|EAI_AGAIN)\)/),
  });
  const port = await freedPort();
  expect(await failureAt(`http://127.0.0.1:${port}`)).toMatchObject({
    code: 'no_answer',
    reason: 'connection_refused',
    message: expect.stringContaining(`http://127.0.0.1:${port} refuses the connection`),
    cause: expect.objectContaining({ cause: expect.objectContaining({ code: 'ECONNREFUSED' }) }),
  });
  expect(await failureAt(`http://localhost:${port}`)).toMatchObject({ reason: 'connection_refused' });
  expect(slept).toBe(2);
});

test('a server that keeps silent, and one that hangs up', async () => {
  const silent = await listenAt(createServer(() => {}));
  expect(await failureAt(`http://127.0.0.1:${silent}`, { timeout: 50 })).toMatchObject({ reason: 'timed_out' });
  const half = await serveHttp((_request, response) => void response.write('{'));
  expect(await failureAt(`http://127.0.0.1:${half}`, { timeout: 50 })).toMatchObject({ reason: 'timed_out' });
  const rude = await listenAt(createServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  expect(await failureAt(`http://127.0.0.1:${rude}`)).toMatchObject({ reason: 'connection_lost' });
  const short = await listenAt(createServer((socket) => socket.once('data', () => socket.end())));
  expect(await failureAt(`http://127.0.0.1:${short}`)).toMatchObject({ reason: 'connection_lost' });
});

const nobody = () => {
  throw new Error('a request came in spite of the certificate');
};
const trustIt = /NODE_EXTRA_CA_CERTS=\/path\/ca\.pem/;

test.each([
  ['signed by itself', selfSigned.good, undefined, 'certificate_self_signed', trustIt],
  ['signed by a lab', labCa.leaf, undefined, 'certificate_unknown_authority', trustIt],
  ['with the authority beside it', labCa.leaf + labCa.ca, undefined, 'certificate_unknown_authority', trustIt],
  ['that is over', selfSigned.expired, selfSigned.expired, 'certificate_expired', /expired.*clock/],
  ['of tomorrow', selfSigned.early, selfSigned.early, 'certificate_not_yet_valid', /not valid yet.*clock/],
])('a certificate %s says what it is, and is asked for once', async (_, cert, ca, reason, words) => {
  const endpoint = `https://localhost:${await serveHttps(nobody, cert)}`;
  const failure = await failureAt(endpoint, ca === undefined ? {} : { fetch: trusting(ca) });
  expect(failure).toMatchObject({ code: 'no_answer', reason, message: expect.stringMatching(words) });
  expect([failure.message.includes(endpoint), slept]).toEqual([true, 0]);
});

test('a certificate for another name says for which', async () => {
  const endpoint = `https://127.0.0.2:${await serveHttps(nobody, labCa.leaf, '127.0.0.2')}`;
  const failure = await failureAt(endpoint, { fetch: trusting(labCa.ca) });
  expect(failure).toMatchObject({
    reason: 'certificate_wrong_name',
    message: expect.stringContaining('(localhost, 127.0.0.1, mongodb03.lab.org)'),
  });
});

test('https at a port for plain http, and the other way round', async () => {
  expect(await failureAt(`https://127.0.0.1:${await serveHttp(nobody)}`)).toMatchObject({ reason: 'tls_missing' });
  const failure = await failureAt(`http://127.0.0.1:${await serveHttps(nobody)}`);
  expect(['http_missing', 'connection_lost']).toContain(failure.reason);
  expect(failure.message).toMatch(/port/);
  const nginx = await answering(400, '<html>The plain HTTP request was sent to HTTPS port</html>');
  expect(await failureAt(`http://127.0.0.1:${nginx}`)).toMatchObject({
    reason: 'not_mongogrant',
    message: expect.stringContaining('want https'),
  });
});

test('a redirect is told by where it leads, without what may be secret in it', async () => {
  const port = await answering(302, '', { location: 'https://me:pw@sso.lab.org/login?state=secret-state' });
  const failure = await failureAt(`http://127.0.0.1:${port}`);
  expect(failure).toMatchObject({ code: 'answer_unknown', reason: 'redirected', status: 302 });
  expect(failure.message).toContain('https://sso.lab.org (302)');
  expect(inspect(failure, { depth: 20 })).not.toMatch(/secret-state|pw@/);
  for (const location of ['/elsewhere', 'mailto:me@lab.org', 'http://', '']) {
    const here = await answering(308, '', location ? { location } : {});
    expect((await failureAt(`http://127.0.0.1:${here}`)).message).not.toContain('sends you on');
  }
  expect(slept).toBe(0);
});

test.each([
  ['a page', 200, '<html>Welcome</html>', 'not_mongogrant', /answers \(status 200\), but is not a mongogrant/],
  ['no text', 200, '', 'not_mongogrant', /not a mongogrant/],
  ['JSON of something else', 200, '{"hello":"world"}', 'not_mongogrant', /not a mongogrant/],
  ['an empty list', 200, '[]', 'not_mongogrant', /not a mongogrant/],
  ['another server', 404, '<h1>Not Found</h1>', 'not_mongogrant', /status 404/],
  ['a gateway with nothing behind it', 404, '{"message":"Not Found"}', 'not_mongogrant', /status 404/],
  ['a firewall', 403, '<html>Forbidden</html>', 'refused_in_front', /something in front/],
  ['a gateway', 502, '<html>Bad Gateway</html>', 'gateway_failed', /status 502/],
  ['a newer mongogrant', 200, JSON.stringify({ ...me, access: 'all' }), 'newer_mongogrant', /\(access\)\. Update/],
])('%s with status %i is told from a mongogrant', async (_, status, text, reason, words) => {
  const failure = await failureAt(`http://127.0.0.1:${await answering(status, text)}`);
  expect(failure).toMatchObject({ code: 'answer_unknown', status, reason, message: expect.stringMatching(words) });
  expect(failure.message.includes('Update')).toBe(reason === 'newer_mongogrant');
});

describe('by way of a proxy', () => {
  const through = (port: number, login = '') =>
    environmentFetch({
      HTTP_PROXY: `http://${login}127.0.0.1:${port}`,
      HTTPS_PROXY: `http://${login}127.0.0.1:${port}`,
    });
  const service = (status = 200) => answering(status, JSON.stringify(me));

  test('a request goes through, with the login of the variable', async () => {
    const login = 'ada:p@ss word';
    const { port, seen } = await startProxy({ to: await service(), login });
    const fetch = through(port, 'ada:p%40ss%20word@');
    const client = new Client({ settings: folder.path('settings.json'), allowHttp: true, fetch });
    await client.setRemote('http://api.lab.org', token);
    expect(await client.me()).toMatchObject(me);
    expect(await client.me()).toMatchObject(me);
    expect(seen).toEqual([{ to: 'api.lab.org:80', login: `Basic ${btoa(login)}` }]);
  });

  test('this machine is asked itself', async () => {
    const { port, seen } = await startProxy({ refuse: 403 });
    const client = new Client({ settings: folder.path('settings.json'), fetch: through(port) });
    await client.setRemote(`http://127.0.0.1:${await service()}`, token);
    expect(await client.me()).toMatchObject(me);
    expect(seen).toEqual([]);
  });

  test('a proxy that wants a login, or refuses, says which it was, and no login is told', async () => {
    const { port, seen } = await startProxy({ login: 'ada:right' });
    const failure = await failureAt('https://api.lab.org', { fetch: through(port, 'ada:wrong-word@') });
    expect(failure).toMatchObject({
      code: 'no_answer',
      reason: 'proxy_login',
      message: expect.stringContaining(`The proxy 127.0.0.1:${port} asks for a login`),
    });
    const told = inspect(failure, { depth: 20, showHidden: true });
    expect([told.includes('wrong-word'), told.includes(btoa('ada:wrong-word')), slept]).toEqual([false, false, 0]);
    expect(seen).toEqual([{ to: 'api.lab.org:443', login: `Basic ${btoa('ada:wrong-word')}` }]);
    const closed = await startProxy({ refuse: 403 });
    expect(await failureAt('https://api.lab.org', { fetch: through(closed.port) })).toMatchObject({
      reason: 'proxy_refused',
      message: expect.stringMatching(/does not connect to api\.lab\.org \(403\)/),
    });
  });

  test('a proxy that is not there is not taken for a service that is not there', async () => {
    const port = await freedPort();
    expect(await failureAt('https://api.lab.org', { fetch: through(port) })).toMatchObject({
      reason: 'proxy_unreachable',
      message: expect.stringContaining(`The proxy 127.0.0.1:${port} can't be reached (ECONNREFUSED)`),
    });
    const named = environmentFetch({ HTTPS_PROXY: 'http://no-such-proxy.invalid:3128' });
    expect(await failureAt('https://api.lab.org', { fetch: named })).toMatchObject({ reason: 'proxy_unreachable' });
  });

  test('the certificate is the one of the service', async () => {
    const { port } = await startProxy({ to: await serveHttps(nobody, selfSigned.good) });
    expect(await failureAt('https://api.lab.org', { fetch: through(port) })).toMatchObject({
      reason: 'certificate_self_signed',
      message: expect.stringContaining(`https://api.lab.org (by way of the proxy 127.0.0.1:${port})`),
    });
  });
});
