import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { context } from '../../cdk.json';
import { bundleAll } from '../../infra/bundle';
import { readFrame } from '../../infra/read-frame';
import { domainSettings, frontSettings, isObject, kmsKeyArn, vpcSettings } from './synthesize';

const run = promisify(execFile);
const root = path.join(__dirname, '..', '..');
const unbundled = { ...context, 'aws:cdk:bundling-stacks': [] };
let outdir: string;

beforeEach(async () => {
  outdir = await mkdtemp(path.join(tmpdir(), 'mongogrant-synth-'));
});
afterEach(() => rm(outdir, { recursive: true }));

/** Runs `app` of cdk.json as the CDK's command line does; answers what it complained of. */
async function synth(contextOfRun: Record<string, unknown>): Promise<string> {
  const env = { ...process.env, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(contextOfRun) };
  try {
    await run(process.execPath, ['--import', 'tsx', path.join('infra', 'app.ts')], { cwd: root, env });
    return '';
  } catch (error) {
    return isObject(error) ? `${error.code}: ${String(error.stderr).trim()}` : String(error);
  }
}

/** What the CDK found wrong with the stack, by its own rules or CloudFormation's; it would only warn. */
async function findings(): Promise<unknown[]> {
  const read = (file: string) => readFile(path.join(outdir, file), 'utf8');
  const metadata = await read('mongogrant.metadata.json');
  const { pluginReports } = JSON.parse(await read('validation-report.json'));
  const refused = pluginReports.filter(({ conclusion }: { conclusion: string }) => conclusion !== 'success');
  return [...refused, ...(metadata.match(/"aws:cdk:(warning|error)"[^}]*/g) ?? [])];
}

test.each([
  [
    'a wrong setting',
    { ...context.mongogrant, mailFrom: undefined, linkTTL: '5 m', grantTtl: 'a while' },
    ['mailFrom', 'linkTTL', 'grantTtl'],
  ],
  ['half a VPC', { ...context.mongogrant, vpcId: 'vpc-0123456789abcdef0' }, ['subnetIds']],
  [
    'a wrong setting in text, as `cdk deploy -c` gives it,',
    JSON.stringify({ ...context.mongogrant, linkTTL: '5 m' }),
    ['linkTTL'],
  ],
  ['text that is not JSON', 'admins=admin@example.com', ['mongogrant']],
  ['no object at all', undefined, ['mongogrant']],
])('%s is an error of one line that names the key, and no stack', async (_, mongogrant, keys) => {
  const complaint = await synth({ ...unbundled, mongogrant });
  expect(complaint).toMatch(/^1: Settings: .+$/);
  for (const key of keys) expect(complaint).toContain(key);
  expect(await readdir(outdir)).toEqual([]);
});

test.each([
  ['a VPC and a domain', { ...vpcSettings, ...domainSettings }],
  ['a front and a key', { ...domainSettings, ...frontSettings, kmsKeyArn, alarmEmail: 'ops@lab.org' }],
])('%s make a stack without asking AWS anything, and without a finding', async (_, settings) => {
  const mongogrant = { ...context.mongogrant, ...settings };
  expect(await synth({ ...unbundled, mongogrant })).toBe('');
  expect(await findings()).toEqual([]);
});

test('cdk.json as it stands makes the stack, and every function loads from its bundle', async () => {
  expect(await synth(context)).toBe('');
  expect(await readdir(outdir)).toContain('mongogrant.template.json');
  expect(await findings()).toEqual([]);
  const bundles = (await readdir(outdir)).filter((name) => name.startsWith('asset.'));
  expect(bundles).not.toEqual([]);
  const env = {
    ...process.env,
    AWS_REGION: 'eu-central-1',
    TABLE_NAME: 'table',
    STACK_NAME: 'mongogrant',
    SETTINGS: JSON.stringify(context.mongogrant),
  };
  for (const bundle of bundles) {
    const url = pathToFileURL(path.join(outdir, bundle, 'index.mjs')).href;
    const print = `import(${JSON.stringify(url)}).then(({ handler }) => console.log(typeof handler))`;
    // As a module: plain `node -e` has a global `require`, which Lambda has not.
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', print], { cwd: outdir, env });
    expect([bundle, stdout.trim()]).toEqual([bundle, 'function']);
  }

  const codes = await Promise.all(bundles.map((one) => readFile(path.join(outdir, one, 'index.mjs'), 'utf8')));
  const rebuilt = await bundleAll(await readdir(path.join(root, 'functions')));
  // What is measured, and mapped to the source, is what is deployed.
  expect(Object.keys(rebuilt).filter((name) => !codes.includes(rebuilt[name]?.code ?? ''))).toEqual([]);
  expect(Object.keys(rebuilt)).toHaveLength(codes.length);
  // The SDK's search for credentials is not in them: Lambda has put them into the environment.
  for (const one of codes) expect(one).not.toMatch(/sso_start_url|credential_process/);

  // A frame that a deployed function logs names its place in the bundle; `npm run frame` names the one in the source.
  const deployed = bundles[codes.indexOf(rebuilt['note-feedback']?.code ?? '')] ?? 'none that is the same';
  const url = pathToFileURL(path.join(outdir, deployed, 'index.mjs')).href;
  const fail = `(await import(${JSON.stringify(url)})).handler({}, { awsRequestId: 'l1' }).catch(() => {})`;
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', fail], { cwd: outdir, env });
  const line = JSON.parse(`${stdout}${stderr}`.split('\n').find((one) => one.includes('feedback_unreadable')) ?? '{}');
  const frames: string[] = line.frames.filter((frame: string) => frame.includes('/index.mjs:'));
  const places = await Promise.all(frames.map((frame) => readFrame('note-feedback', frame)));
  expect(places).toContainEqual({ file: 'functions/note-feedback/note-feedback.ts', line: expect.any(Number) });
}, 240_000);
