import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { builtMgrant } from '../../support/built-mgrant';
import { temporaryFolder } from '../../support/temporary-folder';
import { endServers, serveHttps, startProxy } from '../../support/way-to-service';

const folder = temporaryFolder();
const token = 'eyJhbGciOiJIUzI1NiJ9.secret-token.c2ln';
const me = { email: 'you@lab.org', expires: '2026-12-24T08:00:00Z', admin: false, ruler: false, access: [] };
const endpoint = 'https://mongodb03.lab.org';
const trust = { NODE_EXTRA_CA_CERTS: resolve('test/support/lab-ca/ca.pem') };
const aws = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y', MONGOGRANT_TABLE: 't' };

let mgrant: Awaited<ReturnType<typeof builtMgrant>>;
let env: Record<string, string>;
beforeAll(async () => {
  env = {};
  mgrant = await builtMgrant(env);
});
afterAll(() => mgrant.close());
afterEach(async () => {
  await endServers();
});

/** Runs the built command with these variables, in a home of its own. */
async function run(variables: Record<string, string>, ...args: string[]) {
  for (const name of Object.keys(env)) delete env[name];
  Object.assign(env, variables);
  const ran = await mgrant.run(folder.path('.'), args, token);
  expect(ran.out + ran.err).not.toMatch(/secret-(token|word)/);
  return ran;
}

const asked: (string | undefined)[] = [];
const serve = () =>
  serveHttps((request, response) => {
    asked.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(me));
  });

test("mgrant reaches the service through a proxy, by a lab's own authority, and neither the proxy nor the output sees a secret", async () => {
  const { port, seen } = await startProxy({ to: await serve(), login: 'ada:secret-word' });
  const HTTPS_PROXY = `http://ada:secret-word@127.0.0.1:${port}`;
  const untrusted = await run({ HTTPS_PROXY, MGRANT_DEBUG: '1' }, 'settoken', '--endpoint', endpoint);
  expect([untrusted.status, asked]).toEqual([1, []]);
  expect(untrusted.err).toMatch(/^error: The certificate of https:\/\/mongodb03\.lab\.org .* NODE_EXTRA_CA_CERTS=/);
  expect(untrusted.err).toContain('(UNABLE_TO_VERIFY_LEAF_SIGNATURE)');
  const trusted = await run({ HTTPS_PROXY, ...trust }, 'settoken', '--endpoint', endpoint);
  expect([trusted.status, trusted.err]).toEqual([0, expect.not.stringContaining('error')]);
  expect(await run({ https_proxy: HTTPS_PROXY, ...trust }, 'whoami')).toMatchObject({ status: 0 });
  expect(asked).toEqual(asked.map(() => `Bearer ${token}`));
  expect(new Set(seen.map(({ to }) => to))).toEqual(new Set(['mongodb03.lab.org:443']));
  const doctor = await run({ HTTPS_PROXY, ...trust }, 'doctor', '--endpoint', endpoint);
  expect(doctor.out).toContain(`${endpoint} is a mongogrant, and answers over TLS.`);
});

test('without its login the proxy is named, and what to do', async () => {
  const { port } = await startProxy({ login: 'ada:right' });
  const { status, err } = await run({ HTTPS_PROXY: `127.0.0.1:${port}` }, 'settoken', '--endpoint', endpoint);
  expect([status, err]).toEqual([1, expect.stringContaining(`HTTPS_PROXY=http://USER:PASSWORD@127.0.0.1:${port}`)]);
});

test('doctor and hosts ask AWS through the proxy, too', async () => {
  const { port, seen } = await startProxy({ refuse: 403 });
  const HTTPS_PROXY = `http://127.0.0.1:${port}`;
  const hosts = await run({ HTTPS_PROXY, ...aws }, 'hosts', 'list', '--json');
  expect([hosts.status, JSON.parse(hosts.err)]).toEqual([
    1,
    expect.objectContaining({ code: 'aws_unreachable', reason: 'proxy_refused' }),
  ]);
  const doctor = await run({ HTTPS_PROXY, ...aws }, 'doctor', '--endpoint', endpoint);
  expect(doctor.out).toContain(`The proxy 127.0.0.1:${port} does not connect to`);
  expect(seen.map(({ to }) => to)).toEqual(
    expect.arrayContaining([
      'dynamodb.eu-central-1.amazonaws.com:443',
      'secretsmanager.eu-central-1.amazonaws.com:443',
    ]),
  );
  const direct = await run({ HTTPS_PROXY, ...aws, NO_PROXY: '.amazonaws.com' }, 'hosts', 'list', '--json');
  expect(JSON.parse(direct.err).reason).toMatch(/^(name_unknown|timed_out|unreachable|connection_refused)$/);
});

test('credentials of "aws sso login" are asked for through the proxy, too', async () => {
  const { port, seen } = await startProxy({ refuse: 403 });
  const start = 'https://lab.awsapps.com/start';
  const cache = folder.path(join('.aws', 'sso', 'cache'));
  await mkdir(cache, { recursive: true });
  const profile = {
    sso_start_url: start,
    sso_region: 'eu-west-1',
    sso_account_id: '123456789012',
    sso_role_name: 'ops',
  };
  const lines = Object.entries({ ...profile, region: 'eu-central-1' }).map(([name, value]) => `${name} = ${value}`);
  await writeFile(folder.path(join('.aws', 'config')), ['[profile lab]', ...lines, ''].join('\n'));
  const login = {
    accessToken: 'secret-token',
    expiresAt: '2099-01-01T00:00:00Z',
    region: 'eu-west-1',
    startUrl: start,
  };
  await writeFile(join(cache, `${createHash('sha1').update(start).digest('hex')}.json`), JSON.stringify(login));
  const variables = { HTTPS_PROXY: `127.0.0.1:${port}`, AWS_PROFILE: 'lab', MONGOGRANT_TABLE: 't' };
  const { status, err } = await run(variables, 'hosts', 'list', '--json');
  expect([status, JSON.parse(err)]).toEqual([
    1,
    { code: 'aws_unreachable', detail: expect.stringContaining(`the proxy 127.0.0.1:${port}`) },
  ]);
  expect(new Set(seen.map(({ to }) => to))).toEqual(new Set(['portal.sso.eu-west-1.amazonaws.com:443']));
});
