import { awsSecrets } from '../../shared/aws/secrets';
import { serve } from '../../shared/http/serve';
import { dynamoTable } from '../../shared/store/table';
import { openAwsProxy, type Trouble } from '../support/aws-proxy';
import { doors, eventAt, everyRoute, openDoor } from '../support/door';
import { keepPromises } from '../support/keep-promises';
import { useRealLimits } from '../support/one-process';
import { useCases } from '../support/use-cases';

useRealLimits();

const troubles: Trouble[] = [
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'InternalServerError',
  '503',
  'reset',
  'silence',
];

let door: Awaited<ReturnType<typeof openDoor>>;
let dynamo: Awaited<ReturnType<typeof openAwsProxy>>;
let secrets: typeof dynamo;
let table: ReturnType<typeof dynamoTable>;
const portIn = (name: string) => Number(new URL(process.env[name] ?? '').port);
beforeAll(async () => {
  door = await openDoor();
  dynamo = await openAwsProxy(portIn('AWS_ENDPOINT_URL_DYNAMODB'));
  secrets = await openAwsProxy(portIn('AWS_ENDPOINT_URL_SECRETS_MANAGER'));
  process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamo.url;
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = secrets.url;
});
beforeEach(() => {
  // A client that met many faults tries less often.
  table = dynamoTable('mongogrant');
});
afterEach(() => {
  dynamo.state.trouble = undefined;
  secrets.state.trouble = undefined;
});
afterAll(async () => {
  await door.stage.close();
  await dynamo.close();
  await secrets.close();
});

/** The same handlers over the proxies, with nothing kept of a secret. */
function handlerNow() {
  const { deps, clock } = door.stage;
  const over = { ...deps, table, secrets: awsSecrets('mongogrant', () => clock.now.getTime()) };
  return keepPromises(serve(useCases, over, { log: deps.log, clock: () => clock.now }));
}

async function ask(route: Parameters<typeof eventAt>[1], handler = handlerNow()) {
  const { where, valid } = route in doors ? doors[route as keyof typeof doors] : doors['POST /grants'];
  const input =
    where === 'body' ? { body: valid } : where === 'query' ? { query: new URLSearchParams(valid).toString() } : {};
  const { statusCode, headers = {}, body = '' } = await handler(eventAt(door, route, { token: door.admin, ...input }));
  return { status: statusCode, wait: Number(headers['retry-after']), body };
}

/** The first tells nobody what became of it, and the other needs nothing. */
const silent = ['POST /links', 'GET /'];
const told = everyRoute.filter((route) => !silent.includes(route));

test.each(troubles)(
  'DynamoDB in trouble (%s): every route says to ask again soon',
  async (trouble) => {
    dynamo.state.trouble = trouble;
    // A poll that nobody made is told to wait without a look.
    const routes = told.filter((route) => route !== 'POST /links/poll');
    const answers = await Promise.all(routes.map(async (route) => ({ route, ...(await ask(route)) })));
    for (const { route, status, wait, body } of answers) {
      expect([route, status, JSON.parse(body).code]).toEqual([route, 503, 'service_busy']);
      expect([route, wait > 0 && wait <= 10]).toEqual([route, true]);
    }
    expect((await ask('POST /links')).status).toBeLessThanOrEqual(503);
  },
  60_000,
);

test.each(troubles)(
  'Secrets Manager in trouble (%s): the same, where a key or a login is needed',
  async (trouble) => {
    secrets.state.trouble = trouble;
    // A ticket that nobody got is refused without a key.
    const routes = told.filter((route) => !route.endsWith('/renewals/{ticket}'));
    const answers = await Promise.all(routes.map(async (route) => ({ route, ...(await ask(route)) })));
    for (const { route, status, wait, body } of answers) {
      const code = status === 503 ? JSON.parse(body).code : 'none';
      expect([route, status, code, wait > 0]).toEqual([route, 503, 'service_busy', true]);
    }
  },
  60_000,
);

test('what is refused, or is a bug, is no passing fault', async () => {
  const odd = async () => {
    throw new TypeError('a bug');
  };
  const { deps, clock } = door.stage;
  const over = { ...deps, table: { ...table, get: odd, query: odd }, log: deps.log };
  const handler = serve(useCases, over, { log: deps.log, clock: () => clock.now });
  expect((await ask('GET /me', handler)).status).toBe(500);
  const missing = { ...deps, table: dynamoTable('no-such-table') };
  expect((await ask('GET /me', serve(useCases, missing, { log: deps.log, clock: () => clock.now }))).status).toBe(500);
});

test('a table that throttles for eight seconds costs a member a wait, and nothing else', async () => {
  const handler = handlerNow();
  const input = { token: door.member, body: { host: door.stage.host, db: 'fw', role: 'read', label: 'patient' } };
  const grant = () => handler(eventAt(door, 'POST /grants', input));
  expect((await grant()).statusCode).toBe(201);
  dynamo.state.trouble = 'ProvisionedThroughputExceededException';
  const over = setTimeout(() => {
    dynamo.state.trouble = undefined;
  }, 8000);
  const statuses: unknown[] = [];
  for (;;) {
    const { statusCode, headers = {} } = await grant();
    statuses.push(statusCode);
    if (statusCode !== 503) break;
    await new Promise((resolve) => setTimeout(resolve, Number(headers['retry-after']) * 1000));
  }
  clearTimeout(over);
  expect([statuses.slice(0, -1).every((status) => status === 503), statuses.at(-1)]).toEqual([true, 201]);
  expect(statuses.length).toBeGreaterThan(1);
}, 40_000);

test('a host whose login can not be read now is 503, and is on record', async () => {
  const handler = handlerNow();
  const input = { token: door.member, body: { host: door.stage.host, db: 'fw', role: 'read' } };
  expect((await handler(eventAt(door, 'GET /me', { token: door.member }))).statusCode).toBe(200);
  Object.assign(secrets.state, { trouble: 'ThrottlingException', only: /hosts/ });
  const { statusCode, body = '' } = await handler(eventAt(door, 'POST /grants', input));
  secrets.state.only = undefined;
  expect([statusCode, JSON.parse(body).code]).toEqual([503, 'service_busy']);
});
