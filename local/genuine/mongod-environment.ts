import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The environment for a server: libraries beside its binary, in a folder `lib`, are for that process alone. */
export function environmentOf(binary: string): NodeJS.ProcessEnv {
  const libraries = join(dirname(resolve(binary)), 'lib');
  return existsSync(libraries) ? { ...process.env, LD_LIBRARY_PATH: libraries } : process.env;
}
