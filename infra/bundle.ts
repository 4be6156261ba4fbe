import path from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { aliases, bundling, entryOf, minified, root, runtime } from './bundling';

/** The deployed bundle of a function. */
export interface Bundle {
  code: string;
  /** The source map, which is not deployed. */
  map: string;
  /** What is in it, and what imports what, as esbuild tells it; paths are from the project's folder. */
  output: Metafile['outputs'][string];
  inputs: Metafile['inputs'];
}

const { format, mainFields, banner } = bundling;

/** How the stack builds a function. */
export const bundleOptions = {
  ...{ absWorkingDir: root, bundle: true, platform: 'node', format, mainFields, alias: aliases, ...minified },
  ...{ target: runtime.name.replace('nodejs', 'node').replace('.x', ''), banner: { js: banner } },
} satisfies BuildOptions;

/** Builds these functions as the stack does, byte for byte, by their names. At once, as esbuild then reads a file once for all of them. */
export async function bundleAll<N extends string>(names: readonly N[]): Promise<Record<N, Bundle>> {
  const { outputFiles, metafile } = await build({
    ...bundleOptions,
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, entryOf(name)])),
    ...{ sourcemap: 'external', sourcesContent: false, write: false, metafile: true, logLevel: 'silent' },
    ...{ outdir: path.join(root, 'functions'), outExtension: { '.js': '.mjs' } },
  });
  const text = (file: string) => outputFiles.find((one) => one.path === path.join(root, file))?.text ?? '';
  const bundles = names.map((name): [N, Bundle] => {
    const file = `functions/${name}/index.mjs`;
    const output = metafile.outputs[file];
    if (!output) throw new Error(`esbuild made no ${file}`);
    return [name, { code: text(file), map: text(`${file}.map`), output, inputs: metafile.inputs }];
  });
  return Object.fromEntries(bundles) as Record<N, Bundle>;
}
