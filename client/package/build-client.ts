import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { writeTypes } from './write-types';

/** The files that the package is entered by; `mgrant` is its command. */
const entries = { index: 'client/index.ts', mgrant: 'client/mgrant/mgrant.ts' };

/** Builds what the published package holds: our own sources, bundled; other packages stay outside. */
export async function buildClient(folder: string): Promise<Metafile> {
  await rm(folder, { recursive: true, force: true });
  const [{ metafile }] = await Promise.all([
    build({
      entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
      outdir: folder,
      bundle: true,
      splitting: true,
      packages: 'external',
      platform: 'node',
      target: 'node20',
      format: 'esm',
      minify: true,
      // A stack that somebody sends us still says where it was.
      keepNames: true,
      chunkNames: 'parts/[name]-[hash]',
      metafile: true,
    }),
    writeTypes('client/index.ts', join(folder, 'types')),
  ]);
  return metafile;
}
