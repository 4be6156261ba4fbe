import { isBuiltin } from 'node:module';
import type { Bundle } from '../../infra/bundle';

export interface Loaded {
  /** The modules that run, with the bytes that each has in the bundle. */
  modules: { file: string; bytes: number }[];
  /** The modules of Node.js that are loaded. */
  builtins: string[];
}

/**
 * What runs when a bundle is imported: all that its entry reaches by `import` and `require`. What only an `import()` reaches is in the same
 * file, and runs when that is called. A `require` inside a function counts as if it were called.
 */
export function loadedAtImport({ output, inputs }: Pick<Bundle, 'output' | 'inputs'>): Loaded {
  const reached = new Set([output.entryPoint ?? '']);
  const builtins = new Set<string>();
  for (const file of reached)
    for (const { kind, path, external } of inputs[file]?.imports ?? []) {
      if (kind !== 'import-statement' && kind !== 'require-call') continue;
      if (!external) reached.add(path);
      else if (isBuiltin(path)) builtins.add(path.replace(/^node:/, ''));
    }
  const modules = Object.entries(output.inputs)
    .filter(([file, { bytesInOutput }]) => reached.has(file) && bytesInOutput > 0)
    .map(([file, { bytesInOutput: bytes }]) => ({ file, bytes }));
  return { modules, builtins: [...builtins].sort() };
}
