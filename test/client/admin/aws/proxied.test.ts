import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import type { AwsTools } from '../../../../client/admin/aws/aws-tools';
import { withAws } from '../../../../client/admin/aws/open-aws';
import { attempts } from '../../../../shared/aws/aws-requests';
import { selfSigned } from '../../../support/lab-ca';
import { openStage, type Stage } from '../../../support/stage';
import { endServers, serveHttps, startProxy } from '../../../support/way-to-service';

let stage: Stage;
let before: NodeJS.ProcessEnv;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => {
  before = { ...process.env };
});
afterEach(async () => {
  process.env = before;
  await endServers();
});
afterAll(() => stage.close());

const settings = { table: 'mongogrant', secretPrefix: 'mongogrant', stackName: 'mongogrant' };
const portOfTable = () => Number(new URL(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '').port);

/** Asks AWS something, with DynamoDB at another machine and a proxy in the environment. */
function askAws<T>(
  { proxy, at = 'http://dynamodb.lab.org:8000', exempt = '' }: { proxy: string; at?: string; exempt?: string },
  use: (tools: AwsTools) => Promise<T>,
): Promise<T> {
  const names = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: exempt };
  Object.assign(process.env, names, { AWS_ENDPOINT_URL_DYNAMODB: at });
  return withAws(settings, 'ops@lab.org', use);
}

test("what works with AWS goes through the proxy, with the variable's login, and one client that ends takes no other's connection", async () => {
  const { port, seen } = await startProxy({ to: portOfTable(), login: 'ada:secret-word' });
  await askAws({ proxy: `http://ada:secret-word@127.0.0.1:${port}` }, async ({ facts }) => {
    expect((await facts.table()).status).toBe('ACTIVE');
    const other = new DynamoDBClient(attempts);
    await other.send(new ListTablesCommand());
    other.destroy();
    expect((await facts.table()).status).toBe('ACTIVE');
  });
  expect(seen).toEqual([{ to: 'dynamodb.lab.org:8000', login: `Basic ${btoa('ada:secret-word')}` }]);
});

test('this machine, and what NO_PROXY names, is asked itself', async () => {
  const { port, seen } = await startProxy({ refuse: 403 });
  const proxy = `http://127.0.0.1:${port}`;
  const here = `http://127.0.0.1:${portOfTable()}`;
  expect((await askAws({ proxy, at: here }, ({ facts }) => facts.table())).status).toBe('ACTIVE');
  const refused = askAws({ proxy, at: 'http://127-0-0-1.invalid', exempt: '.invalid' }, ({ facts }) => facts.table());
  await expect(refused).rejects.toThrow(/ 127-0-0-1\.invalid/);
  expect(seen).toEqual([]);
});

test.each([
  [407, 'proxy_login', /asks for a login/],
  [403, 'proxy_refused', /does not connect to/],
])('a proxy that answers %i is not taken for AWS', async (refuse, reason, words) => {
  const { port, seen } = await startProxy({ refuse });
  const asked = askAws({ proxy: `http://ada:secret-word@127.0.0.1:${port}` }, ({ facts }) => facts.table());
  const failure = await asked.catch((fault: unknown) => fault);
  expect(failure).toMatchObject({ code: 'aws_unreachable', reason, message: expect.stringMatching(words) });
  expect([String(failure).includes('secret-word'), seen.length]).toEqual([false, 1]);
});

test('a certificate behind a proxy is looked at as any other', async () => {
  const to = await serveHttps(() => {
    throw new Error('a request came in spite of the certificate');
  }, selfSigned.good);
  const { port, seen } = await startProxy({ to });
  const asked = askAws({ proxy: `127.0.0.1:${port}`, at: 'https://dynamodb.lab.org' }, ({ facts }) => facts.table());
  await expect(asked).rejects.toThrow(/self-signed|signed by itself/);
  expect(seen[0]).toEqual({ to: 'dynamodb.lab.org:443', login: undefined });
});
