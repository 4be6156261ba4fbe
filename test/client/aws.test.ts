import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { awsSettings } from '../../client/admin/aws/aws-settings';
import { explainAws } from '../../client/admin/aws/explain-aws';
import { withAws } from '../../client/admin/aws/open-aws';
import { MongograntError } from '../../client/sdk/mongogrant-error';
import { openStage, type Stage } from '../support/stage';

const failure = async (promise: Promise<unknown>): Promise<MongograntError> =>
  promise.then(
    () => {
      throw new Error('It worked');
    },
    (error) => {
      expect(error).toBeInstanceOf(MongograntError);
      return error;
    },
  );
const settings = { table: 'mongogrant', secretPrefix: 'mongogrant', stackName: 'mongogrant' };

test('options go before variables, variables before defaults, and the table has none', () => {
  const env = { MONGOGRANT_TABLE: 't', MONGOGRANT_STACK: 's', MONGOGRANT_SECRET_PREFIX: 'p', MONGOGRANT_KMS_KEY: 'k' };
  expect(awsSettings({}, { MONGOGRANT_TABLE: 't' })).toEqual({ ...settings, table: 't' });
  expect(awsSettings({}, env)).toEqual({ table: 't', stackName: 's', secretPrefix: 'p', kmsKey: 'k' });
  const options = { table: 'T', stack: 'S', secretPrefix: 'P', kmsKey: 'K' };
  expect(awsSettings(options, env)).toEqual({ table: 'T', stackName: 'S', secretPrefix: 'P', kmsKey: 'K' });
  expect(() => awsSettings({}, {})).toThrow(/MONGOGRANT_TABLE/);
});

test('each fault of AWS says what to do; another one comes as it is', () => {
  const named = (name: string, message = 'm', more = {}) => Object.assign(new Error(message), { name, ...more });
  const gone = named('Error', "Cannot find package '@aws-sdk/util-dynamodb' imported from /x", {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  const cases: [Error, string, RegExp][] = [
    [gone, 'aws_packages_missing', /npm install -g @aws-sdk\/client-dynamodb/],
    [named('Error', 'Region is missing'), 'aws_region_missing', /AWS_REGION/],
    [named('CredentialsProviderError'), 'aws_credentials', /aws sso login/],
    [named('ExpiredTokenException'), 'aws_credentials', /expired/],
    [named('AccessDeniedException', 'User: x may not'), 'aws_denied', /User: x may not/],
    [named('ResourceNotFoundException'), 'table_unknown', /AWS_REGION/],
    [named('Error', '', { code: 'ECONNREFUSED' }), 'aws_unreachable', /^AWS refuses the connection/],
    [named('TimeoutError'), 'aws_unreachable', /^AWS does not answer in time/],
    [named('Error', '', { code: 'ENOTFOUND', hostname: 'sns.eu.x' }), 'aws_unreachable', /^The name sns\.eu\.x/],
    [named('Error', '', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }), 'aws_unreachable', /NODE_EXTRA_CA_CERTS/],
  ];
  for (const [fault, code, message] of cases)
    expect(explainAws(fault)).toMatchObject({ code, message: expect.stringMatching(message) });
  const other = named('Error', "Cannot find package 'left-pad' imported from /x", { code: 'ERR_MODULE_NOT_FOUND' });
  const ofHost = named('MongoServerSelectionError', 'm', { cause: named('Error', '', { code: 'ECONNREFUSED' }) });
  expect([explainAws(other), explainAws('text'), explainAws(ofHost)]).toEqual([other, 'text', ofHost]);
});

test('where AWS packages are missing everything else of the client works, and this says what to install', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mongogrant-'));
  const contents = `
    import { withAws } from './client/admin/aws/open-aws';
    export { MongograntError } from './client/sdk/mongogrant-error';
    export const ask = () => withAws({ table: 't', secretPrefix: 'p', stackName: 's' }, 'a@b.org', ({ hosts }) => hosts.list());`;
  try {
    // Nothing is found from there but what Node itself has, so that each package is missing.
    const { metafile } = await build({
      stdin: { contents, resolveDir: process.cwd() },
      bundle: true,
      splitting: true,
      external: ['@aws-sdk/*'],
      metafile: true,
      platform: 'node',
      format: 'esm',
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'error',
    });
    const [entry] = Object.values(metafile.outputs).filter(({ entryPoint }) => entryPoint?.includes('stdin'));
    expect(entry?.imports.filter(({ path }) => path.startsWith('@aws-sdk'))).toEqual([]);
    const { execFileSync } = await import('node:child_process');
    const script = `import('${folder}/stdin.mjs').then(({ ask }) => ask()).catch((e) => console.log(e.name, e.code))`;
    const told = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', cwd: folder });
    expect(told.trim()).toBe('MongograntError aws_packages_missing');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('over a deployment', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.close());
  const by = 'ops@lab.org';

  test('hosts are listed, added, checked, rotated and removed', async () => {
    const secret = { ...stage.admin, host: '127.0.0.1', port: stage.mongod.port };
    const done = await withAws(settings, by, async ({ hosts }) => [
      await hosts.add('other.lab.org', secret, false),
      (await hosts.list()).map(({ host, state }) => [host, state]),
      await hosts.check('other.lab.org', ['fw']),
      await hosts.rotate('other.lab.org'),
      await hosts.remove('other.lab.org', false),
    ]);
    expect(done).toEqual([
      { state: 'added', host: 'other.lab.org' },
      [
        [stage.host, 'registered'],
        ['other.lab.org', 'registered'],
      ],
      expect.objectContaining({ state: 'checked', verdict: 'ready' }),
      expect.objectContaining({ state: 'refused', reason: 'rotation_off' }),
      expect.objectContaining({ state: 'retiring' }),
    ]);
  });

  test('another table is not taken for an empty one', async () => {
    const asked = withAws({ ...settings, table: 'other' }, by, ({ hosts }) => hosts.remove(stage.host, false));
    expect((await failure(asked)).code).toBe('table_unknown');
  });
});
