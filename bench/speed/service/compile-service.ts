import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundle';
import { root } from '../../../infra/bundling';

/**
 * The module open-service.ts, compiled by the stack's rules. tsx keeps the name of each function while it runs, which takes time that no
 * deployed function takes. The packages stay as they are, so that the floor's calls go through the same clients.
 */
export async function compileService(): Promise<typeof import('./open-service')> {
  const { target, minifySyntax } = bundleOptions;
  const outfile = join(root, 'reports/bench/open-service.cjs');
  await build({
    ...{ entryPoints: [join(__dirname, 'open-service.ts')], outfile, target, minifySyntax },
    ...{ bundle: true, platform: 'node', format: 'cjs', packages: 'external', logLevel: 'error' },
  });
  return require(outfile);
}
