import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundle';
import { entryOf, root } from '../../../infra/bundling';

/** One file that a fresh process loads. */
export interface Bundle {
  name: string;
  file: string;
  /** The size of the file, in bytes. */
  bytes: number;
}

export const functionNames = readdirSync(path.join(root, 'functions')).sort();

/** The functions' names in the bundle `eager`: exports can't hold a dash. */
export const exportOf = (name: string): string => name.replaceAll('-', '_');

const inHere = (name: string): BuildOptions => ({ entryPoints: [path.join(__dirname, `${name}.ts`)] });

/**
 * Builds every function as the stack does; `bare-clients` and `bare-driver`, which are the least that a function could be; and all functions
 * in one file: `alike`, built in the same way, and `eager`, built without our options, so that it loads all of each package.
 */
export async function buildBundles(folder: string): Promise<Bundle[]> {
  const all = functionNames.map((name) => `export * as ${exportOf(name)} from '${entryOf(name)}';`);
  const stdin = { contents: all.join('\n'), resolveDir: root };
  return Promise.all([
    ...functionNames.map((name) => buildBundle(folder, name, { entryPoints: [entryOf(name)] })),
    ...['bare-clients', 'bare-driver'].map((name) => buildBundle(folder, name, inHere(name))),
    buildBundle(folder, 'alike', { stdin }),
    buildBundle(folder, 'eager', { stdin, alias: {}, mainFields: ['main'], minify: true }),
  ]);
}

/** The program that loads a bundle. It is one file, too, so that it loads nothing else. */
export const buildProbe = async (folder: string): Promise<string> =>
  (await buildBundle(folder, 'probe', inHere('probe'))).file;

async function buildBundle(folder: string, name: string, entry: BuildOptions): Promise<Bundle> {
  const file = path.join(folder, name, 'index.mjs');
  const { metafile } = await build({ ...bundleOptions, metafile: true, logLevel: 'silent', ...entry, outfile: file });
  const bytes = Object.values(metafile?.outputs ?? {}).reduce((sum, output) => sum + output.bytes, 0);
  return { name, file, bytes };
}
