import type { Log } from '../../../shared/aws/log';
import { ApiError, type ErrorCode } from '../../../shared/contract/errors';
import { html } from '../../../shared/http/html';
import { page } from '../../../shared/http/page';
import { Refusal } from '../../../shared/http/refusal';
import type { ApiResponse } from '../../../shared/http/render';
import { serve } from '../../../shared/http/serve';
import type { Table } from '../../../shared/store/table';
import { memoryTable, type StoredItems } from '../../support/memory-table';
import { eventOf } from '../../support/stage';

const start = new Date('2026-11-24T08:00:00Z');
const lines: { level: string; code: string; facts: Record<string, unknown> | undefined }[] = [];
const note =
  (level: string): Log['info'] =>
  (code, facts) =>
    void lines.push({ level, code, facts });
const log: Log = { info: note('info'), warn: note('warn'), error: note('error') };
let items: StoredItems;
let table: Table;
beforeEach(() => {
  lines.splice(0);
  items = new Map();
  table = memoryTable(items);
});

/** What is answered when the use case behind every route does this. */
async function answer(outcome: () => ApiResponse, event = eventOf('POST', '/grants', {}, start)) {
  let ticks = 0;
  const clock = () => new Date(start.getTime() + 7 * ticks++);
  const useCase = async () => outcome();
  const useCases = ['POST /grants', 'GET /links/{link}', 'POST /links'].map((key) => ({
    key,
    hasPages: key.includes('{link}'),
    answer: useCase,
  }));
  const { statusCode, headers = {}, body = '' } = await serve(useCases, { table }, { log, clock })(event);
  return { status: statusCode, headers, body, json: () => JSON.parse(body) };
}
const refuse =
  (code: ErrorCode, detail = 'Do this instead.', retryAfter?: number) =>
  () => {
    throw new ApiError(code, detail, retryAfter);
  };
const browser = { headers: { accept: 'text/html,application/xhtml+xml' } };

test('an answer is JSON that nobody keeps', async () => {
  const { status, headers, json } = await answer(() => ({ status: 201, json: { a: 1 } }));
  expect([status, json()]).toEqual([201, { a: 1 }]);
  expect(headers).toEqual({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'strict-transport-security': expect.stringMatching(/^max-age=\d{8,}/),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  });
});

test('a page comes with its own rules for what it may load', async () => {
  const { headers, body } = await answer(() => ({ status: 200, page: page('A page', html`<p>words</p>`) }));
  expect(body).toContain('<main>\n<p>words</p>\n</main>');
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' });
  expect(headers['content-security-policy']).toContain('script-src');
});

test('a refusal is a problem document with everything in it', async () => {
  const { status, headers, json } = await answer(refuse('not_allowed', 'No rule gives you read.'));
  expect(status).toBe(403);
  expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  expect(json()).toEqual({
    type: 'urn:mongogrant:problem:not_allowed',
    title: 'Not allowed',
    status: 403,
    detail: 'No rule gives you read.',
    code: 'not_allowed',
    requestId: expect.stringMatching(/^request-/),
  });
});

test.each([
  ['invalid_request', 400],
  ['token_missing', 401],
  ['token_invalid', 401],
  ['token_expired', 401],
  ['token_revoked', 401],
  ['not_allowed', 403],
  ['not_found', 404],
  ['link_unknown', 404],
  ['method_not_allowed', 405],
  ['grant_busy', 409],
  ['user_not_ours', 409],
  ['link_used', 410],
  ['link_expired', 410],
  ['body_too_large', 413],
  ['unsupported_media_type', 415],
  ['too_many_requests', 429],
  ['internal', 500],
  ['host_refused', 502],
  ['host_unreachable', 503],
] as const)('%s is always %d', async (code, wanted) => {
  const { status, json } = await answer(refuse(code));
  expect([status, json().code, json().status]).toEqual([wanted, code, wanted]);
});

test('who has no token is told how to come with one, others are not', async () => {
  expect((await answer(refuse('token_expired'))).headers['www-authenticate']).toBe('Bearer error="token_expired"');
  expect((await answer(refuse('not_allowed'))).headers).not.toHaveProperty('www-authenticate');
});

test('a wait is told in whole seconds, one at least', async () => {
  const waits = await Promise.all([60, 0, -5].map((wait) => answer(refuse('grant_busy', '', wait))));
  expect(waits.map(({ headers }) => headers['retry-after'])).toEqual(['60', '1', '1']);
  expect((await answer(refuse('grant_busy'))).headers).not.toHaveProperty('retry-after');
});

test.each([
  new Error('hunter2'),
  Object.assign(new TypeError('hunter2'), { code: 'ECONNREFUSED', hunter2: 'hunter2' }),
  'hunter2',
  undefined,
  null,
])('of a surprise (%p) nothing leaves, neither in the answer nor in the log', async (thrown) => {
  const { status, json, body } = await answer(() => {
    throw thrown;
  });
  expect([status, json().code]).toEqual([500, 'internal']);
  expect(json().detail).toContain('requestId');
  expect(lines).toMatchObject([{ level: 'error', code: 'internal', facts: { status: 500 } }]);
  expect(body + JSON.stringify(lines)).not.toContain('hunter2');
});

test('an answer that cannot be written is an internal error as well', async () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  expect((await answer(() => ({ status: 200, json: circular }))).status).toBe(500);
});

test('what was malformed never reaches the use case', async () => {
  let reached = false;
  const event = eventOf('POST', '/grants', { body: '{' }, start);
  const { json } = await answer(() => {
    reached = true;
    return { status: 200 };
  }, event);
  expect([json().code, reached]).toEqual(['invalid_request', false]);
});

test('a route that this function does not serve is not found', async () => {
  const event = eventOf('GET', '/me', {}, start);
  expect((await answer(() => ({ status: 200 }), event)).json()).toMatchObject({ status: 404, code: 'not_found' });
});

test('one line is logged for each request: its route, never its path, token, body, address or browser', async () => {
  const event = eventOf(
    'GET',
    `/links/hunter2?host=hunter2`,
    {
      token: 'hunter2',
      ip: '192.0.2.77',
      headers: { cookie: 'hunter2', 'user-agent': 'hunter2' },
      body: { a: 'hunter2' },
    },
    start,
  );
  for (const outcome of [() => ({ status: 200, json: { token: 'hunter2' } }), refuse('link_used', 'hunter2')]) {
    lines.splice(0);
    const { status } = await answer(outcome, event);
    const code = status === 200 ? 'served' : 'link_used';
    const facts = { route: 'GET /links/{link}', status, requestId: event.requestContext.requestId, ms: 7 };
    expect(lines).toEqual([{ level: 'info', code, facts }]);
    expect(JSON.stringify(lines)).not.toMatch(/hunter2|192\.0\.2/);
  }
});

test('at a route with pages a browser is told on a page; programs are not', async () => {
  const { status, headers, body } = await answer(
    refuse('link_expired', 'Ask <again>.'),
    eventOf('GET', '/links/x', browser, start),
  );
  expect([status, headers['content-type']]).toEqual([410, 'text/html; charset=utf-8']);
  expect(body).toContain('Ask &lt;again&gt;.');
  const plain = await answer(refuse('link_expired'), eventOf('GET', '/links/x', {}, start));
  expect(plain.headers['content-type']).toBe('application/problem+json');
  const other = await answer(refuse('invalid_request'), eventOf('POST', '/grants', browser, start));
  expect(other.headers['content-type']).toBe('application/problem+json');
});

describe('a refusal that goes on record', () => {
  const refused = new Refusal(new ApiError('not_allowed', 'Ask an admin.'), {
    act: 'read_refused',
    email: 'you@lab.org',
  });
  const throwing = () => {
    throw refused;
  };

  test('is one event, with its code as the reason, and from where it was asked', async () => {
    expect((await answer(throwing)).json()).toMatchObject({ code: 'not_allowed', detail: 'Ask an admin.' });
    expect([...items.values()]).toMatchObject([
      { act: 'read_refused', email: 'you@lab.org', reason: 'not_allowed', ip: '192.0.2.1' },
    ]);
  });

  test('is none where it can not be written: the fault is the answer', async () => {
    table = { ...table, put: () => Promise.reject(new Error('the table is away')) };
    expect((await answer(throwing)).json()).toMatchObject({ code: 'internal' });
    expect(items.size).toBe(0);
  });
});

test("on Lambda every line tells its own request's id beside API Gateway's", async () => {
  const about: unknown[] = [];
  const handler = serve(
    [{ key: 'POST /grants', answer: async () => ({ status: 200 }) }],
    { table },
    { log: { ...log, about: (facts) => void about.push(facts) } },
  );
  const event = eventOf('POST', '/grants', {}, start);
  await handler(event);
  await handler(event, { awsRequestId: 'l1' });
  expect(about).toEqual([{ requestId: event.requestContext.requestId, lambdaRequestId: 'l1' }]);
});
