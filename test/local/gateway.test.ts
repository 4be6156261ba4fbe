import { type Gateway, match, startGateway } from '../../local/gateway';
import { allRoutes, routes } from '../../shared/contract/routes';
import { exchange, handlersOf } from './http-exchange';

let gateway: Gateway;
let result: unknown;
let reported: unknown[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    port: 0,
    timeLimit: 200,
    report: (name, fault) => void reported.push([name, String(fault)]),
  });
});
beforeEach(() => {
  reported = [];
  gateway.serve(handlersOf(async () => result));
});
afterAll(() => gateway.close());

const call = (path = '/me', init?: RequestInit) => fetch(`http://localhost:${gateway.port}${path}`, init);

test('a request that comes before the functions waits for them', async () => {
  const early = await startGateway({ port: 0 });
  const response = fetch(`http://localhost:${early.port}/me`);
  await fetch(`http://localhost:${early.port}/%zz`);
  early.serve(handlersOf(async () => ({ here: true })));
  expect(await (await response).json()).toEqual({ here: true });
  await early.close();
});

test('every route goes to its function', async () => {
  for (const route of allRoutes) {
    const path = route.path.replace(/\{\w+\}/, 'abc.def');
    const [, variable] = /\{(\w+)\}/.exec(route.path) ?? [];
    expect(match(route.method, path)).toEqual({
      routeKey: `${route.method} ${route.path}`,
      name: route.function,
      pathParameters: variable ? { [variable]: 'abc.def' } : {},
    });
  }
});

test('there are only the routes that it is given', () => {
  expect(match('GET', '/gettoken/a@b.org').routeKey).toBe('GET /gettoken/{email}');
  expect(match('GET', '/gettoken/a@b.org', routes).routeKey).toBe('$default');
});

test.each([
  ['GET', '/nowhere'],
  ['GET', '/links'],
  ['GET', '/links/'],
  ['GET', '/links/a/b'],
  ['GET', '/Links/a'],
  ['GET', '/grants/'],
  ['GET', '//grants'],
  ['HEAD', '/gettoken/a@b.org'],
  ['PATCH', '/grants'],
  ['OPTIONS', '/links/a'],
  ['GET', '/links/{link}/x'],
])('%s %s matches no route and goes to the fallback', (method, path) => {
  expect(match(method, path)).toEqual({ routeKey: '$default', name: 'grants', pathParameters: {} });
});

test('an encoded slash divides a path as a plain one does', async () => {
  const seen: string[] = [];
  gateway.serve(handlersOf(async (event) => void seen.push(event.routeKey)));
  await call('/links/a%2Fb');
  await call('/links/a%252Fb');
  expect(seen).toEqual(['$default', 'GET /links/{link}']);
});

test('a structured result sets status, headers, cookies and body', async () => {
  result = {
    statusCode: 201,
    headers: {
      'Content-Type': 'application/json',
      'x-number': 7,
      'x-flag': true,
      'content-length': '9999',
      connection: 'upgrade',
    },
    cookies: ['a=1', 'b=2; Path=/'],
    body: '{"é":1}',
  };
  const response = await call();
  expect(response.status).toBe(201);
  expect(await response.text()).toBe('{"é":1}');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json',
    'x-number': '7',
    'x-flag': 'true',
    'content-length': '8',
  });
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; Path=/']);
  expect(response.headers.get('apigw-requestid')).toMatch(/^[\w-]{15}=$/);
});

test('a base64 body is sent as its bytes', async () => {
  result = {
    statusCode: 200,
    headers: { 'content-type': 'image/png' },
    body: Buffer.from([0, 200, 255]).toString('base64'),
    isBase64Encoded: true,
  };
  const response = await call();
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 200, 255]);
});

test('a result without a status is itself the body, as JSON', async () => {
  result = { hello: 'world' };
  const response = await call();
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    200,
    'application/json',
    '{"hello":"world"}',
  ]);
  result = 'plain words';
  expect(await (await call()).text()).toBe('plain words');
  result = undefined;
  expect(await (await call()).text()).toBe('null');
});

test('a result without a content type is plain text', async () => {
  result = { statusCode: 200, body: 'x' };
  expect((await call()).headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test.each([
  ['a status that is none', { statusCode: 'often' }],
  ['a status out of range', { statusCode: 99 }],
  ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
  ['a header that would split', { statusCode: 200, headers: { 'x-a': 'a\r\nx-b: b' } }],
  ['a header name that is none', { statusCode: 200, headers: { 'x a': 'a' } }],
])('%s is a 500', async (_name, bad) => {
  result = bad;
  const response = await call();
  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  expect(reported).toHaveLength(1);
});

test('a function that throws is a 500 that tells nothing, and is reported', async () => {
  gateway.serve(handlersOf(async () => Promise.reject(new Error('the password is x'))));
  const response = await call();
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    500,
    'application/json',
    '{"message":"Internal Server Error"}',
  ]);
  expect(reported).toEqual([['grants', 'Error: the password is x']]);
});

test('a function that throws before its first wait is a 500 as well', async () => {
  gateway.serve(
    handlersOf(() => {
      throw new Error('at once');
    }),
  );
  expect((await call()).status).toBe(500);
});

test('a function that takes too long is a 503', async () => {
  gateway.serve(handlersOf(() => new Promise(() => {})));
  const response = await call();
  expect([response.status, await response.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  expect(reported).toEqual([['grants', 'Error: took more than 0.2 s']]);
});

test('10 MB are taken, one byte more is a 413 that no function sees', async () => {
  const sizes: number[] = [];
  gateway.serve(handlersOf(async (event) => void sizes.push(Buffer.from(event.body ?? '', 'base64').length)));
  const most = 10 * 1024 * 1024;
  expect((await call('/links', { method: 'POST', body: new Uint8Array(most) })).status).toBe(200);
  const response = await call('/links', { method: 'POST', body: new Uint8Array(most + 1) });
  expect([response.status, await response.json()]).toEqual([413, { message: 'Request Entity Too Large' }]);
  expect(sizes).toEqual([most]);
});

test('HEAD gets the headers without the body', async () => {
  result = { statusCode: 200, headers: { 'content-type': 'text/html' }, body: 'a page' };
  const raw = await exchange(gateway.port, 'HEAD /links/a HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n');
  expect(raw).toContain('content-length: 6');
  expect(raw.endsWith('\r\n\r\n')).toBe(true);
});

test('a path that is wrongly encoded is a 400 that no function sees', async () => {
  result = 'reached';
  const raw = await exchange(gateway.port, 'GET /links/%zz HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n');
  expect(raw).toMatch(/^HTTP\/1\.1 400 /);
  expect(raw).toContain('{"message":"Bad Request"}');
});
