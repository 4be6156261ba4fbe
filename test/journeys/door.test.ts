import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { OwnRouteKey } from '../../shared/contract/routes';
import type { Item } from '../../shared/store/table';
import {
  eventAt,
  everyRoute,
  invalid,
  kept,
  large,
  leaked,
  marker,
  noName,
  openDoor,
  refused,
  send,
} from '../support/door';
import type { Ask } from '../support/stage';

let door: Awaited<ReturnType<typeof openDoor>>;
let before: Item[];
beforeAll(async () => {
  door = await openDoor();
  before = await kept();
});
afterAll(() => door.stage.close());
afterEach(async () => {
  expect(await kept()).toEqual(before);
  expect(leaked(door.stage, door.secrets)).toEqual([]);
  expect(door.stage.logged.filter(({ level }) => level === 'error')).toEqual([]);
});

/** As an admin, so that nothing but the form of the request can be the reason of a refusal. */
const at = (route: OwnRouteKey, ask: Ask & { query?: string } = {}) =>
  eventAt(door, route, { token: door.admin, ...ask });
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

const plain = (body: string, headers: Record<string, string> = json) => ({ body, headers, isBase64Encoded: false });
const base64 = (body: Uint8Array | string, headers: Record<string, string> = json) => {
  return { body: Buffer.from(body).toString('base64'), headers, isBase64Encoded: true };
};
const bytes = (...values: number[]) => Uint8Array.from(values);
const megabyte = `{"email":"${marker.repeat(150_000)}"}`;
const unsupported = [415, 'unsupported_media_type', /^Send application\/json/] as const;

const bodies: [string, Partial<APIGatewayProxyEventV2>, readonly [number, string, RegExp]][] = [
  ['1 MB', plain(megabyte), large],
  ['1 MB in base64', base64(megabyte), large],
  ['1 MB as a form', base64(`email=${marker.repeat(150_000)}`, form), large],
  ['1 MB of no known type', plain(megabyte, { 'content-type': 'image/png' }), large],
  ['8193 bytes', plain(`{"a":"${'x'.repeat(8185)}"}`), large],
  ['8193 bytes in base64', base64(`{"a":"${'x'.repeat(8185)}"}`), large],
  ['8193 bytes in fewer characters', plain(`{"a":"${'ü'.repeat(4092)}x"}`), large],
  ['no type', plain('{}', {}), unsupported],
  ['text', plain('{}', { 'content-type': 'text/plain' }), unsupported],
  ['multipart', plain('{}', { 'content-type': 'multipart/form-data; boundary=x' }), unsupported],
  ['another charset', plain('{}', { 'content-type': 'application/json; charset=utf-16' }), unsupported],
  ['two types', plain('{}', { 'content-type': 'application/json,text/plain' }), unsupported],
  ['bad base64', { body: 'e30', headers: json, isBase64Encoded: true }, [...invalid, /^body: is not valid base64/]],
  ['base64 with signs', { body: '!!!!', headers: json, isBase64Encoded: true }, [...invalid, /^body: .*base64/]],
  ['one letter of base64', { body: 'A', headers: json, isBase64Encoded: true }, [...invalid, /^body: .*base64/]],
  ['no UTF-8', base64(bytes(0x7b, 0xff, 0x7d)), [...invalid, /^body: is not valid UTF-8/]],
  ['an overlong NUL', base64(bytes(0xc0, 0x80)), [...invalid, /^body: is not valid UTF-8/]],
  ['a form of no UTF-8', base64(bytes(0x61, 0x3d, 0xff), form), [...invalid, /^body: is not valid UTF-8/]],
  ['half JSON', plain(`{"email":"${marker}`), [...invalid, /^body: is not valid JSON/]],
  ['a form sent as JSON', plain(`email=${marker}`), [...invalid, /^body: is not valid JSON/]],
  ['a NUL', plain('\0'), [...invalid, /^body: is not valid JSON/]],
  ...['[]', '[{"email":"a@lab.org"}]', 'null', '1', '"a@lab.org"', 'true'].map((text): (typeof bodies)[number] => [
    text,
    plain(text),
    [...invalid, /^body: must be a JSON object/],
  ]),
  ['a field twice in a form', plain('email=a&email=b', form), [...invalid, /^body: .*twice/]],
];

test.each(everyRoute)('%s refuses a body that nobody should have to read', async (route) => {
  for (const [name, parts, wanted] of bodies) {
    const event = at(route);
    const headers = { ...event.headers, ...parts.headers };
    refused([name], await send(door.stage, { ...event, ...parts, headers }), ...wanted);
  }
});

test.each(everyRoute)('%s refuses a field twice in the query, however it is written', async (route) => {
  for (const query of ['x=1&x=1', 'x=1&x=2', 'host=a&host=b', 'email=a&em%61il=b', 'x&x=', '__proto__=1&__proto__=2'])
    refused([query], await send(door.stage, at(route, { query })), ...invalid, /^query: .*twice/);
});

test('the fields of a page’s form are none', async () => {
  for (const body of [{ code: marker }, { link: marker }, JSON.parse('{"__proto__":{}}')])
    refused(
      [body],
      await send(door.stage, at('POST /links/{link}', { body })),
      ...invalid,
      /is not a field|takes none/,
    );
});

test('no text but a link that was mailed opens anything', async () => {
  const genuine = door.link.slice('/links/'.length);
  const links = [
    ...noName,
    '',
    '.',
    '..',
    '__proto__',
    'constructor',
    'poll',
    `${genuine}.`,
    `${genuine}\0`,
    genuine.slice(1),
    genuine.toUpperCase(),
    `../links/${genuine}`,
    `${genuine}/..`,
    encodeURIComponent(`${genuine}?`),
    'x'.repeat(1_000_000),
  ];
  for (const route of ['GET /links/{link}', 'POST /links/{link}'] as const) {
    for (const link of links) {
      const event = { ...at(route), rawPath: `/links/${link}`, pathParameters: { link } };
      refused([route, link.slice(0, 50)], await send(door.stage, event), 404, 'link_unknown', /Ask for a new link/);
    }
    const { pathParameters: _, ...without } = at(route);
    refused([route], await send(door.stage, without), 404, 'link_unknown', /Ask for a new link/);
  }
});

test('what is no route is not found, and a route’s other methods are named', async () => {
  const paths = [
    '',
    '//',
    '/links/',
    '/links/a/b',
    '/grants/../rules',
    '/Grants',
    '/me\0',
    '/%6de',
    '/rules/*',
    '/__proto__',
    `/${'a/'.repeat(5000)}`,
    '/(((',
    '/😀',
  ];
  for (const rawPath of paths) {
    const event = { ...at('GET /me'), rawPath, routeKey: '$default' };
    const requestContext = { ...event.requestContext, routeKey: '$default' };
    refused(
      [rawPath.slice(0, 50)],
      await send(door.stage, { ...event, requestContext }),
      404,
      'not_found',
      /no such route/,
    );
  }
  for (const [method, path, allowed] of [
    ['PATCH', '/grants', /POST, GET, HEAD, DELETE, OPTIONS/],
    ['TRACE', '/me', /GET/],
    ['POST', '/tokens', /DELETE/],
  ] as const) {
    const { status, json: answer } = await door.stage.ask(method, path, { token: door.admin });
    expect([status, answer.code, answer.detail]).toEqual([405, 'method_not_allowed', expect.stringMatching(allowed)]);
  }
});

test('after all that, the link still opens', async () => {
  expect((await door.stage.ask('GET', door.link)).status).toBe(200);
});
