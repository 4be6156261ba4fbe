import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sesMailer } from '../../shared/aws/mailer';
import { awsSecrets } from '../../shared/aws/secrets';
import { mongoServers } from '../../shared/mongo/mongo-servers';
import { dynamoTable } from '../../shared/store/table';
import { useRealLimits } from '../../test/support/one-process';

// People get an answer in time, even if nothing behind the service answers.

useRealLimits();

/** Takes every request and never answers; while `throttling` is set, it answers that there were too many. */
let throttling = false;
let silent: Server;
beforeAll(async () => {
  silent = createServer((_request, response) => {
    if (throttling)
      response.writeHead(400).end('<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>');
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${port()}`;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SES: address,
    AWS_ENDPOINT_URL_DYNAMODB: address,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterEach(() => {
  throttling = false;
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});
const port = () => (silent.address() as AddressInfo).port;

async function timeOf(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act().catch(() => {});
  return performance.now() - began;
}

const mail = { to: 'you@lab.org', subject: 's', text: 't', html: '<p>t</p>' };

test('a mail that SES does not take is given up after a second', async () => {
  expect(await timeOf(() => sesMailer({ mailFrom: 'a@lab.org' })(mail))).toBeLessThan(1200);
  throttling = true;
  expect(await timeOf(() => sesMailer({ mailFrom: 'a@lab.org' })(mail))).toBeLessThan(1200);
});

test('a Secrets Manager that says nothing costs two seconds where a kept key serves', async () => {
  const keys = { text: JSON.stringify({ key: 'k'.repeat(64), older: [] }), version: '1' };
  let now = 0;
  let away = false;
  const get = () => (away ? new Promise<never>(() => {}) : Promise.resolve(keys));
  const secrets = awsSecrets('lab', () => now, { get });
  await secrets.signingKeys();
  [away, now] = [true, 300_001];
  expect(await timeOf(() => secrets.signingKeys())).toBeLessThan(3000);
});

test('a table that says nothing is asked again after two and a half seconds, and given up before ten', async () => {
  const took = await timeOf(() =>
    dynamoTable('t').put({ pk: 'a', sk: 'a', version: 1 }, { if: 'attribute_not_exists(#pk)' }),
  );
  expect(took).toBeGreaterThan(2400);
  expect(took).toBeLessThan(9500);
});

test('a host that is met for the first time, and is silent, holds nobody past the deadline', async () => {
  const servers = mongoServers();
  const secret = { host: '127.0.0.1', port: port(), username: 'a', password: 'b', authSource: 'admin' };
  const ask = () => servers.command({ name: 'h', secret, deadline: Date.now() + 1000 }, 'admin', { ping: 1 });
  expect(await timeOf(ask)).toBeLessThan(2000);
  expect(await timeOf(ask)).toBeLessThan(2000);
  await servers.close();
});
