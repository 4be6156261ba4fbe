import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { type Gateway, startGateway } from '../../local/gateway';
import { parseTarget } from '../../local/gateway-event';
import { exchange, handlersOf } from './http-exchange';

let gateway: Gateway;
let events: APIGatewayProxyEventV2[] = [];

beforeAll(async () => {
  gateway = await startGateway({ port: 0 });
  gateway.serve(
    handlersOf(async (event) => {
      events.push(event);
      return {};
    }),
  );
});
beforeEach(() => {
  events = [];
});
afterAll(() => gateway.close());

/** Sends bytes as they are, and returns the event that the function got. */
async function eventOf(head: string, body = ''): Promise<APIGatewayProxyEventV2> {
  await exchange(gateway.port, `${head}\r\nconnection: close\r\n\r\n${body}`);
  const [event, ...more] = events.splice(0);
  if (!event || more.length > 0) throw new Error('Expected one event');
  return event;
}

const post = (path: string, type: string | undefined, body: string) =>
  eventOf(
    [
      `POST ${path} HTTP/1.1`,
      'host: h',
      ...(type ? [`content-type: ${type}`] : []),
      `content-length: ${Buffer.byteLength(body)}`,
    ].join('\r\n'),
    body,
  );

test('an event has every field of payload format 2.0, and no other', async () => {
  const before = Date.now();
  const event = await eventOf(
    [
      'POST /links?parameter1=value1&parameter1=value2&parameter2=a%20b+c%2B HTTP/1.1',
      'Host: grants.lab.org',
      'User-Agent: agent/1.0',
      'Content-Type: application/json',
      'Header1: value1',
      'Header2: value1',
      'HEADER2: value2',
      'Cookie: cookie1=a; cookie2=b',
      'Content-Length: 26',
    ].join('\r\n'),
    '{"email": "you@lab.org"} \n',
  );
  expect(event).toStrictEqual({
    version: '2.0',
    routeKey: 'POST /links',
    rawPath: '/links',
    rawQueryString: 'parameter1=value1&parameter1=value2&parameter2=a%20b+c%2B',
    cookies: ['cookie1=a', 'cookie2=b'],
    headers: {
      'content-length': '26',
      'content-type': 'application/json',
      header1: 'value1',
      header2: 'value1,value2',
      host: 'grants.lab.org',
      'user-agent': 'agent/1.0',
      'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-port': String(gateway.port),
      'x-forwarded-proto': 'http',
    },
    queryStringParameters: { parameter1: 'value1,value2', parameter2: 'a b c+' },
    requestContext: {
      accountId: expect.stringMatching(/^\d{12}$/),
      apiId: 'local',
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method: 'POST', path: '/links', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'agent/1.0' },
      requestId: expect.stringMatching(/^[\w-]{15}=$/),
      routeKey: 'POST /links',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
      timeEpoch: expect.any(Number),
    },
    body: '{"email": "you@lab.org"} \n',
    isBase64Encoded: false,
  });
  const { time, timeEpoch } = event.requestContext;
  expect(timeEpoch).toBeGreaterThanOrEqual(before);
  const [day, month, year, clock] = /^(\d+)\/(\w+)\/(\d+):(\S+)/.exec(time)?.slice(1) ?? [];
  expect(Date.parse(`${day} ${month} ${year} ${clock} GMT`)).toBe(Math.floor(timeEpoch / 1000) * 1000);
});

test('what a request lacks is left out of its event', async () => {
  const event = await eventOf('GET /me HTTP/1.1\r\nhost: h');
  for (const field of ['body', 'cookies', 'queryStringParameters', 'pathParameters', 'stageVariables'])
    expect(event).not.toHaveProperty(field);
  expect(event).toMatchObject({ rawQueryString: '', isBase64Encoded: false, headers: { 'content-length': '0' } });
  expect(event.requestContext.http.userAgent).toBe('');
});

test('the caller can choose neither the domain nor the source address', async () => {
  const event = await eventOf(
    'GET /me HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-for: 10.0.0.1\r\nx-forwarded-host: evil.example\r\nx-forwarded-proto: ftp',
  );
  expect(event.requestContext).toMatchObject({ domainName: 'localhost', http: { sourceIp: '127.0.0.1' } });
  expect(event.headers).toMatchObject({ 'x-forwarded-for': '10.0.0.1, 127.0.0.1', 'x-forwarded-proto': 'http' });
});

test('a path is decoded once, its parameters with it', async () => {
  const event = await eventOf('GET /links/a%2520b%40c%C3%A9?x=%2520 HTTP/1.1\r\nhost: h');
  expect(event).toMatchObject({
    rawPath: '/links/a%20b@cé',
    pathParameters: { link: 'a%20b@cé' },
    rawQueryString: 'x=%2520',
    queryStringParameters: { x: '%20' },
  });
  expect(event.requestContext.http.path).toBe('/links/a%20b@cé');
});

test('a name that is special in JavaScript is a query parameter like any other', async () => {
  const event = await eventOf('GET /me?__proto__=1&__proto__=2&empty HTTP/1.1\r\nhost: h');
  expect(Object.entries(event.queryStringParameters ?? {})).toEqual([
    ['__proto__', '1,2'],
    ['empty', ''],
  ]);
});

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'text/html;charset=utf-8',
  'APPLICATION/XML',
  'application/javascript',
])('a body of type %s arrives as text', async (type) => {
  expect(await post('/links', type, 'a é')).toMatchObject({ body: 'a é', isBase64Encoded: false });
});

test.each([
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'multipart/form-data; boundary=x',
  'application/problem+json',
  undefined,
])('a body of type %s arrives in base64', async (type) => {
  expect(await post('/links', type, 'email=you@lab.org')).toMatchObject({
    body: 'ZW1haWw9eW91QGxhYi5vcmc=',
    isBase64Encoded: true,
  });
});

test('a chunked body is put together', async () => {
  const event = await eventOf(
    'POST /links HTTP/1.1\r\nhost: h\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked',
    '3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
  );
  expect(event).toMatchObject({ body: 'abcde', headers: { 'content-length': '5' } });
  expect(event.headers).not.toHaveProperty('transfer-encoding');
});

test('request targets are taken apart, and wrongly encoded ones refused', () => {
  expect(parseTarget('/a/b?c?d=%20')).toEqual({ path: '/a/b', query: 'c?d=%20' });
  expect(parseTarget('http://any.host/a?b')).toEqual({ path: '/a', query: 'b' });
  expect(parseTarget('http://any.host')).toEqual({ path: '/', query: '' });
  expect(parseTarget('//any.host/a')).toEqual({ path: '//any.host/a', query: '' });
  for (const bad of ['*', '/%', '/%zz', '/%C3', 'any.host:443']) expect(parseTarget(bad)).toBeUndefined();
});
