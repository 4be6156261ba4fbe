import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import type { Emulator } from './emulator';

const root = resolve(__dirname, '../..');
export const stackName = 'mongogrant';
const outputs = v.object({ [stackName]: v.looseObject({ ApiAddress: v.string(), ForAdmins: v.string() }) });
export type Outputs = v.InferOutput<typeof outputs>[typeof stackName];

export interface Cdk {
  /** What the CLI said. */
  run(...args: string[]): Promise<string>;
  /** Deploys what the checkout holds, with these settings. */
  deploy(settings: object): Promise<{ said: string; outputs: Outputs }>;
  /** Deploys the template of the first release; its functions hold no code. */
  deployFirstRelease(settings: object): Promise<string>;
}

/** The unmodified CLI of the CDK, led to the emulator. */
export function cdkOf({ env, folder }: Emulator): Cdk {
  const run = (...args: string[]) => runCli(args, env);
  const settingsOf = (settings: object) => ['-c', `mongogrant=${JSON.stringify(settings)}`];
  const never = ['--require-approval', 'never'];
  let count = 0;

  return {
    run,
    async deploy(settings) {
      const file = join(folder, `outputs-${count++}.json`);
      const said = await run(
        ...['deploy', ...never, ...settingsOf(settings)],
        ...['--outputs-file', file, '--output', join(folder, 'cdk.out')],
      );
      return { said, outputs: v.parse(outputs, JSON.parse(readFileSync(file, 'utf8')))[stackName] };
    },
    async deployFirstRelease(settings) {
      const assembly = join(folder, 'first-release');
      if (!existsSync(assembly)) {
        await run('synth', '--quiet', ...settingsOf(settings), '--output', assembly);
        putFirstRelease(assembly);
      }
      return run('deploy', ...never, '--app', assembly);
    },
  };
}

/** In place of the stack of an assembly. */
function putFirstRelease(assembly: string): void {
  const file = (name: string) => join(assembly, name);
  cpSync(join(root, 'test', 'fixtures', '0.1.0', 'template.json'), file(`${stackName}.template.json`));
  mkdirSync(file('no-code'));
  writeFileSync(join(file('no-code'), 'index.mjs'), 'export const handler = async () => ({ statusCode: 503 });\n');
  const assets = JSON.parse(readFileSync(file(`${stackName}.assets.json`), 'utf8'));
  const entries = Object.entries<{ source: { path: string }; destinations: Record<string, { objectKey: string }> }>(
    assets.files,
  );
  const [hash, template] = entries.find(([, { source }]) => source.path === `${stackName}.template.json`) ?? [];
  if (hash === undefined || template === undefined) throw new Error('The assembly holds no template');
  const named = (objectKey: string) =>
    Object.fromEntries(Object.entries(template.destinations).map(([where, one]) => [where, { ...one, objectKey }]));
  assets.files = {
    // Under a name of its own: the CLI does not upload what is there already.
    'first-release': { ...template, destinations: named('first-release.json') },
    'no-code': { source: { path: 'no-code', packaging: 'zip' }, destinations: named('asset.zip') },
  };
  writeFileSync(file(`${stackName}.assets.json`), JSON.stringify(assets));
  const manifest = readFileSync(file('manifest.json'), 'utf8');
  writeFileSync(file('manifest.json'), manifest.replaceAll(`${hash}.json`, 'first-release.json'));
}

function runCli(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const cli = spawn(join(root, 'node_modules', '.bin', 'cdk'), args, {
      cwd: root,
      env: { ...env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [cli.stdout, cli.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
    cli.on('error', reject);
    cli.on('close', (status) => {
      if (status === 0) resolve(said.join(''));
      else reject(new Error(`cdk ${args[0]} ended with ${status}:\n${said.join('').slice(-4000)}`));
    });
  });
}
