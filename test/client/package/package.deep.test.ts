import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import * as v from 'valibot';
import { awsPackages, doctorPackages } from '../../../client/admin/aws/explain-aws';
import { buildClient } from '../../../client/package/build-client';

const run = promisify(execFile);
const packed = v.tuple([
  v.object({ filename: v.string(), size: v.number(), files: v.array(v.object({ path: v.string() })) }),
]);
const manifest = v.looseObject({
  version: v.string(),
  dependencies: v.record(v.string(), v.string()),
  peerDependencies: v.record(v.string(), v.string()),
  bin: v.record(v.string(), v.string()),
});

let folder: string;
let consumer: string;
let bundle: Metafile;
let tarball: v.InferOutput<typeof packed>[0];
let own: v.InferOutput<typeof manifest>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mongogrant-package-'));
  consumer = join(folder, 'consumer');
  bundle = await buildClient(join(folder, 'dist'));
  await Promise.all(
    ['package.json', 'README.md', 'LICENSE'].map((file) => cp(join('client', file), join(folder, file))),
  );
  own = v.parse(manifest, JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: folder });
  [tarball] = v.parse(packed, JSON.parse(stdout));
  await install();
}, 120_000);

afterAll(() => rm(folder, { recursive: true }));

/** As npm would, from what is here: the tarball, and beside it only what it depends on. */
async function install(): Promise<void> {
  const modules = join(consumer, 'node_modules');
  await mkdir(join(modules, 'mongogrant'), { recursive: true });
  await run('tar', ['-xzf', join(folder, tarball.filename), '-C', join(modules, 'mongogrant'), '--strip-components=1']);
  for (const name of [
    ...Object.keys({ ...own.dependencies, ...own.peerDependencies }),
    '@types/node',
    'undici-types',
  ]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(resolve('node_modules', name), join(modules, name));
  }
  await writeFile(join(consumer, 'package.json'), '{ "type": "module" }');
}

// It was 125 KB; labels, variables and `status` took 6. The rest is for what is loaded only when it is used.
test('the package is under 150 KB and holds nothing but what it needs', () => {
  expect(tarball.size).toBeLessThan(150_000);
  const strays = tarball.files.filter(
    ({ path }) => !/^(dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(path),
  );
  expect(strays).toEqual([]);
});

test('it depends on no AWS package, and on nothing that it does not say', () => {
  const said = Object.keys({ ...own.dependencies, ...own.peerDependencies });
  expect(said.filter((name) => /aws/i.test(name))).toEqual([]);
  const isAwsPart = ({ entryPoint }: Metafile['outputs'][string]) =>
    entryPoint?.startsWith('client/admin/aws/') ?? false;
  const neededBy = (outputs: Metafile['outputs'][string][]) => {
    const outside = outputs
      .flatMap(({ imports }) => imports)
      .filter(({ external, path }) => external && !path.startsWith('node:'));
    const needed = outside.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
    return [...new Set(needed)];
  };
  const outputs = Object.values(bundle.outputs);
  const needed = neededBy(outputs.filter((output) => !isAwsPart(output)));
  expect(needed.filter((name) => !said.includes(name))).toEqual([]);
  // The driver, and what only admins with AWS credentials use, is loaded when it is used.
  expect(needed.filter((name) => name === 'mongodb' || name.startsWith('@aws-sdk/'))).toEqual([]);
  // These parts ask for AWS's packages by name, where they are missing: the tools of admins for some, each of doctor's for one more.
  const parts = outputs.filter(isAwsPart);
  const beside = (of: Metafile['outputs'][string][]) => neededBy(of).filter((name) => !said.includes(name));
  const isTools = ({ entryPoint }: Metafile['outputs'][string]) => entryPoint === 'client/admin/aws/aws-tools.ts';
  expect(beside(parts.filter(isTools)).sort()).toEqual([...awsPackages].sort());
  const ofDoctor = parts.filter((part) => !isTools(part)).map((part) => beside([part]));
  expect(ofDoctor.filter((names) => names.length > 1)).toEqual([]);
  expect(ofDoctor.flat().sort()).toEqual([...doctorPackages].sort());
});

test('its command has a second name, for those who have the Python mgrant, too', async () => {
  expect(Object.keys(own.bin)).toEqual(['mgrant', 'mongogrant']);
  for (const file of Object.values(own.bin)) {
    const { stdout } = await run(join(consumer, 'node_modules', 'mongogrant', file), ['--version']);
    expect(stdout.trim()).toBe(own.version);
  }
});

test('it can be imported where it is installed', async () => {
  const program = "const m = await import('mongogrant'); console.log(Object.keys(m).sort().join(' '));";
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: consumer });
  expect(stdout.trim()).toBe('Client MongograntError parseSpec');
});

test('its types compile where Node resolves them, and are strict', async () => {
  const uses = [
    "import { Client, type Grant, type Ended, MongograntError } from 'mongogrant';",
    "import type { Db } from 'mongodb';",
    "const client: Client = new Client({ label: 'laptop' });",
    "const db: Db = await client.db('ro:dev/fireworks');",
    'const grants: Grant[] = await client.grants();',
    "const ended: Ended = await client.revoke({ db: 'fireworks' });",
    '// @ts-expect-error a label is text',
    'new Client({ label: 1 });',
    '// @ts-expect-error a grant has no password',
    'grants[0]?.password;',
    'console.log(db.databaseName, ended.pending.length, grants[0]?.expires, MongograntError);',
    '',
  ].join('\n');
  const options = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: ['node'],
  };
  await writeFile(join(consumer, 'uses.ts'), uses);
  await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['uses.ts'] }));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', consumer]).catch((fault: unknown) => {
    if (fault instanceof Error && 'stdout' in fault) return { stdout: String(fault.stdout) };
    throw fault;
  });
  expect(stdout).toBe('');
}, 60_000);
