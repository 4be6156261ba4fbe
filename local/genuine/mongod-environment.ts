import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The environment for a server. Only that process uses the libraries in a folder `lib` beside its binary. */
export function environmentOf(binary: string): NodeJS.ProcessEnv {
  const libraries = join(dirname(resolve(binary)), 'lib');
  return existsSync(libraries) ? { ...process.env, LD_LIBRARY_PATH: libraries } : process.env;
}
