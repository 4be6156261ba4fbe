import { spawnSync } from 'node:child_process';
import { environmentOf } from './mongod-environment';

/** The version of a server's binary, such as `6.0.5`. Throws the system's message if it can't run. */
export function readVersion(binary: string): string {
  const { stdout, stderr, error } = spawnSync(binary, ['--version'], { env: environmentOf(binary), encoding: 'utf8' });
  const version = /db version v(\S+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) throw new Error(`${binary} can't run: ${error?.message ?? stderr.trim()}`);
  return version;
}
