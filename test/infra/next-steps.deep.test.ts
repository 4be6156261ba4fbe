import clientManifest from '../../client/package.json';
import manifest from '../../package.json';
import { routes } from '../../shared/contract/routes';
import { synthesize, text } from './synthesize';

const steps = (settings: Record<string, unknown> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries(synthesize(settings).findOutputs('*')).map(([id, output]) => [id, text(output.Value)]),
  );

test('a deployment says where the API is and what comes next', () => {
  expect(Object.keys(steps())).toEqual([
    'ApiAddress',
    'Step1VerifySender',
    'Step2RegisterHost',
    'Step3GetToken',
    'Step4AllowSomeone',
    'ForAdmins',
    'Version',
    'SenderIdentity',
  ]);
  expect(steps().ApiAddress).toMatch(/^ApiHttpApi\w+\.ApiEndpoint$/);
});

test('the sender to verify is the address that mail comes from', () => {
  for (const mailFrom of ['Our lab <grants@lab.org>', 'grants@lab.org']) {
    expect(steps({ mailFrom }).Step1VerifySender).toContain('mailed to grants@lab.org.');
  }
});

test('the command that registers a host makes a secret that functions can find and read', () => {
  const text = steps({ secretPrefix: 'lab' }).Step2RegisterHost ?? '';
  expect(text).toContain(
    'aws secretsmanager create-secret --region region --name lab/hosts/HOST --secret-string file://host.json',
  );
  expect(JSON.parse(/\{.*\}/.exec(text)?.[0] ?? '')).toEqual({
    engine: 'mongo',
    host: 'HOST',
    port: 27017,
    username: 'USER',
    password: 'PASSWORD',
    authSource: 'admin',
    ssl: true,
  });
});

test('the commands for curl call routes that exist', () => {
  const { ApiAddress = '', Step3GetToken = '', Step4AllowSomeone = '' } = steps({ admins: ['chief+grants@lab.org'] });
  expect(Step3GetToken).toBe(`curl ${ApiAddress}/links --data-urlencode 'email=chief+grants@lab.org'`);
  expect(Step4AllowSomeone).toContain(`curl -X PUT ${ApiAddress}/rules -H "Authorization: Bearer $TOKEN"`);
  expect(Object.keys(JSON.parse(/-d '(.*)'$/.exec(Step4AllowSomeone)?.[1] ?? ''))).toEqual([
    'email',
    'host',
    'db',
    'role',
    'which',
  ]);
  const keys: string[] = routes.map(({ method, path }) => `${method} ${path}`);
  expect(keys).toEqual(expect.arrayContaining(['POST /links', 'PUT /rules']));
});

// CloudFormation takes no more in an output.
test('every step fits into an output', () => {
  const longest = steps({ secretPrefix: 'p'.repeat(60), mailFrom: `Lab <${'a'.repeat(60)}@lab.org>` });
  for (const [id, value] of Object.entries(longest)) expect([id, value.length < 1024]).toEqual([id, true]);
});

test('an admin gets the line that mgrant hosts and mgrant import need', () => {
  expect(steps().ForAdmins).toMatch(/^export AWS_REGION=region MONGOGRANT_TABLE=TableItems\w+$/);
  expect(steps({ stackName: 'lab', secretPrefix: 'lab/grants' }).ForAdmins).toMatch(
    / MONGOGRANT_TABLE=TableItems\w+ MONGOGRANT_STACK=lab MONGOGRANT_SECRET_PREFIX=lab\/grants$/,
  );
});

test('mgrant doctor is told the release, which the command line shares, and the identity that sends', () => {
  expect(steps().Version).toBe(manifest.version);
  expect(clientManifest.version).toBe(manifest.version);
  expect(steps({ mailFrom: 'Our lab <grants@lab.org>' }).SenderIdentity).toBe('grants@lab.org');
  expect(steps({ mailFrom: 'grants@lab.org', mailIdentity: 'lab.org' }).SenderIdentity).toBe('lab.org');
});
