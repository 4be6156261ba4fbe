import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { ApiError } from '../../../shared/contract/errors';
import { parseEvent } from '../../../shared/http/request';
import { eventOf } from '../../support/stage';

const now = new Date('2026-11-24T08:00:00Z');
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
type Parts = { body?: string; isBase64Encoded?: boolean; headers?: Record<string, string>; query?: string };

const event = ({ headers = {}, query = '', ...body }: Parts): APIGatewayProxyEventV2 => ({
  ...eventOf('POST', `/grants?${query}`, { headers }, now),
  ...body,
});
const parse = (parts: Parts) => parseEvent(event(parts), '192.0.2.1');
const bytes = (content: Uint8Array | string, headers = json): Parts => ({
  headers,
  body: Buffer.from(content).toString('base64'),
  isBase64Encoded: true,
});
function refusal(parts: Parts): [string, string] {
  try {
    parse(parts);
  } catch (error) {
    if (error instanceof ApiError) return [error.code, error.message];
    throw error;
  }
  return ['taken', ''];
}

test('a request is taken apart once', () => {
  const request = parseEvent(
    {
      ...event({ headers: { ...json, authorization: 'Bearer a.b.c', accept: 'text/html,*/*' }, body: '{"db":"fw"}' }),
      rawQueryString: 'host=h&db=a%2Bb+c',
      pathParameters: { link: 'abc', other: undefined },
    },
    '192.0.2.1',
  );
  expect(request).toEqual({
    route: 'POST /grants',
    method: 'POST',
    path: '/grants',
    params: { link: 'abc', other: '' },
    query: { host: 'h', db: 'a+b c' },
    body: { db: 'fw' },
    bearer: 'a.b.c',
    deadline: expect.any(Number),
    ip: '192.0.2.1',
    userAgent: 'test',
    requestId: expect.stringMatching(/^request-/),
    origin: 'https://api.example.org',
    wantsPage: true,
  });
});

test('the origin is the configured one or API Gateway’s, whatever the headers say', () => {
  const headers = {
    host: 'evil.org',
    'x-forwarded-host': 'evil.org',
    forwarded: 'host=evil.org',
    origin: 'https://evil.org',
  };
  expect(parse({ headers }).origin).toBe('https://api.example.org');
  expect(parseEvent(event({ headers }), '192.0.2.1', 'https://grants.lab.org').origin).toBe('https://grants.lab.org');
});

test('a body may come as text or in base64, as JSON or as a form', () => {
  const text = '{"note":"für 東京 😀"}';
  const read = { note: 'für 東京 😀' };
  expect(parse({ headers: json, body: text }).body).toEqual(read);
  expect(parse(bytes(text)).body).toEqual(read);
  expect(parse(bytes(`\ufeff${text}`)).body).toEqual(read);
  expect(parse({ headers: form, body: 'note=f%C3%BCr+%E6%9D%B1%E4%BA%AC+😀' }).body).toEqual(read);
  expect(parse(bytes('note=f%C3%BCr+%E6%9D%B1%E4%BA%AC+😀', form)).body).toEqual(read);
});

test('no body is no fields, and needs no content type', () => {
  for (const parts of [
    {},
    { body: '' },
    { body: '', isBase64Encoded: true },
    { headers: { 'content-type': 'text/x' }, body: '' },
  ])
    expect(parse(parts).body).toEqual({});
});

test.each([
  'application/json',
  'APPLICATION/JSON',
  'application/json;charset=utf-8',
  'application/json ; Charset="UTF-8"',
  'application/json; x=y; charset=utf8',
])('%s is JSON', (type) => {
  expect(parse({ headers: { 'content-type': type }, body: '{"a":1}' }).body).toEqual({ a: 1 });
});

test.each([
  undefined,
  '',
  'text/plain',
  'text/json',
  'application/xml',
  'application/problem+json',
  'application/jsonx',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json; charset=iso-8859-1',
  'application/json, application/json',
  'application/x-www-form-urlencoded; charset=latin1',
  '\0',
  'a'.repeat(8000),
])('a body of the type %j is refused with the types that are taken', (type) => {
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  const [code, detail] = refusal({ headers, body: '{"a":1}' });
  expect([code, detail]).toEqual(['unsupported_media_type', expect.stringContaining('application/json')]);
});

test('a missing type is said to be missing', () => {
  expect(refusal({ headers: {}, body: '{"a":1}' })[1]).toMatch(/Content-Type, which is missing\.$/);
  expect(refusal({ headers: { 'content-type': 'text/plain' }, body: '{}' })[1]).not.toContain('missing');
});

test.each(['{"email":"a+b@lab.org"}', ' \n{}', '[]', '{'])(
  'JSON that comes as a form says which header it lacks: %s',
  (body) => {
    const [code, detail] = refusal({ headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
    expect([code, detail]).toEqual(['invalid_request', expect.stringContaining("-H 'Content-Type: application/json'")]);
  },
);

test('8192 bytes are taken, 8193 are not, counted as bytes and before anything else', () => {
  const sized = (size: number, letter = 'x') => {
    const room = size - '{"a":""}'.length;
    return `{"a":"${letter.repeat(Math.floor(room / Buffer.byteLength(letter)))}${'x'.repeat(room % Buffer.byteLength(letter))}"}`;
  };
  for (const letter of ['x', 'ü', '東', '😀']) {
    for (const parts of [(text: string) => ({ headers: json, body: text }), (text: string) => bytes(text)]) {
      expect(Buffer.byteLength(sized(8192, letter))).toBe(8192);
      expect(refusal(parts(sized(8192, letter)))[0]).toBe('taken');
      expect(refusal(parts(sized(8193, letter)))).toEqual(['body_too_large', expect.stringContaining('8192')]);
    }
  }
  for (const headers of [json, { 'content-type': 'text/plain' }]) {
    expect(refusal({ headers, body: 'x'.repeat(1_000_000) })[0]).toBe('body_too_large');
    expect(refusal(bytes('x'.repeat(1_000_000), headers))[0]).toBe('body_too_large');
  }
});

test.each([
  'A',
  'AA',
  'AAA',
  'e30',
  'e30==',
  'e3=0',
  '=',
  '====',
  'e30=e30=',
  'e30= ',
  ' e30=',
  'e3\n0=',
  'e30-',
  'e31=',
  '_w==',
  '%7B',
  '😀',
])('%j is no base64', (body) => {
  expect(refusal({ headers: json, body, isBase64Encoded: true })).toEqual([
    'invalid_request',
    'body: is not valid base64',
  ]);
});

test.each([
  [[0xff]],
  [[0x7b, 0xc3, 0x7d]],
  [[0xc0, 0x80]],
  [[0xed, 0xa0, 0x80]],
  [[0xf5, 0x80, 0x80, 0x80]],
  [[0xff, 0xfe, 0x7b, 0, 0x7d, 0]],
])('the bytes %j are no UTF-8', (content) => {
  for (const headers of [json, form])
    expect(refusal(bytes(Uint8Array.from(content), headers))).toEqual(['invalid_request', 'body: is not valid UTF-8']);
});

test.each([
  '{',
  '{"a":1,}',
  "{'a':1}",
  '{a:1}',
  'undefined',
  'NaN',
  '{"a":1}{}',
  '{"a":"\n"}',
  '{"a":1}\0',
  'email=a@lab.org',
  '[[[[',
  ' ',
])('%j is no JSON', (body) => {
  expect(refusal({ headers: json, body })).toEqual(['invalid_request', 'body: is not valid JSON']);
});

test.each(['[]', '[{"a":1}]', 'null', '1', '"a"', 'true'])('%s is no JSON object', (body) => {
  expect(refusal({ headers: json, body })).toEqual(['invalid_request', 'body: must be a JSON object']);
});

test('deep nesting within the limit is read, and harms nothing', () => {
  expect(refusal({ headers: json, body: `{"a":${'['.repeat(4000)}${']'.repeat(4000)}}` })[0]).toBe('taken');
});

test('names of the language itself are fields like any other, and change no prototype', () => {
  const { body } = parse({ headers: json, body: '{"__proto__":{"admin":true},"constructor":1}' });
  expect(Object.keys(body)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
  const { query } = parse({ query: '__proto__=x&__proto__[admin]=true' });
  expect(Object.keys(query)).toEqual(['__proto__', '__proto__[admin]']);
  expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
});

test('what may hold a list may come more than once in a form, in the order given, and in no query', () => {
  const twice = 'hosts=b&dbs=x&hosts=a&cidrs=::1&cidrs=10.0.0.0%2F8';
  expect(parse({ headers: form, body: twice })).toMatchObject({
    body: { hosts: ['b', 'a'], dbs: 'x', cidrs: ['::1', '10.0.0.0/8'] },
    form: true,
  });
  expect(refusal({ query: 'hosts=b&hosts=a' })).toEqual(['invalid_request', expect.stringMatching(/^query: .*twice/)]);
  expect(refusal({ headers: form, body: `${twice}&role=a&role=b` })).toEqual([
    'invalid_request',
    expect.stringMatching(/^body: .*twice/),
  ]);
});

test('a field that comes twice is refused, in the query as in a form', () => {
  for (const twice of ['email=a&email=b', 'email=a&email=a', 'email=a&x=1&e%6Dail=b', 'email&email=']) {
    expect(refusal({ query: twice })).toEqual(['invalid_request', expect.stringMatching(/^query: .*twice/)]);
    expect(refusal({ headers: form, body: twice })).toEqual([
      'invalid_request',
      expect.stringMatching(/^body: .*twice/),
    ]);
  }
  expect(refusal({ headers: form, body: Array.from({ length: 1500 }, (_, n) => `${n}=`).join('&') })[0]).toBe('taken');
});

test.each([
  ['Bearer a.b.c', 'a.b.c'],
  ['bearer a.b.c', 'a.b.c'],
  ['Bearer  a.b.c', 'a.b.c'],
  ['Bearer a.b.c ', 'a.b.c'],
  [`Bearer ${'a'.repeat(8192)}`, 'a'.repeat(8192)],
  ['', undefined],
  ['Bearer', undefined],
  ['Bearer ', undefined],
  ['Bearera.b.c', undefined],
  ['Bearer a b', undefined],
  ['Bearer a, Bearer b', undefined],
  ['Basic YTpi', undefined],
  ['a.b.c', undefined],
  ['Bearer\ta.b.c', undefined],
  [' Bearer a.b.c', undefined],
  ['Bearer a\u00a0b', undefined],
  [`Bearer ${' '.repeat(8192)}`, undefined],
  [`Bearer a${' '.repeat(8192)}b`, undefined],
])('Authorization: %.30j', (authorization, bearer) => {
  expect(parse({ headers: { authorization } }).bearer).toBe(bearer);
});

test('whatever arrives, it is read or refused with a reason', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.webQueryParameters(), fc.base64String());
  const type = fc.oneof(fc.constantFrom(json['content-type'], form['content-type']), fc.string());
  fc.assert(
    fc.property(
      text,
      type,
      fc.boolean(),
      text,
      fc.string(),
      (body, contentType, isBase64Encoded, query, authorization) => {
        const [code, detail] = refusal({
          body,
          isBase64Encoded,
          query,
          headers: { 'content-type': contentType, authorization },
        });
        if (code !== 'taken') expect(detail).toMatch(/^(body|query): |^Send application\/json/);
      },
    ),
    { numRuns: 5000 },
  );
});
