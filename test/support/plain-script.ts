import { build } from 'esbuild';

/** Bundles a script into one file that plain Node starts quickly: many processes are made of it. */
export async function plainScript(contents: string, file: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: process.cwd(), loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['mongodb'],
  });
}
