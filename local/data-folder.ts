import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error';
import { systemCode } from './system-error';

/** Folders that this process holds. A lock with its own process id may also come from an earlier process. */
const held = new Set<string>();

/**
 * Makes the folder DATA_DIR, for its owner only, and locks it against other services until it is closed. `crashed`: the last service did not
 * close it.
 */
export async function holdFolder(folder: string): Promise<{ crashed: boolean; close(): Promise<void> }> {
  const lock = join(folder, 'service.pid');
  let crashed: boolean;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    crashed = existsSync(lock);
    const owner = ownerOf(lock);
    if (owner !== undefined)
      throw new StartError(
        `DATA_DIR: ${folder} is in use by process ${owner}. End it, or set DATA_DIR to another folder. If that process is no mongogrant, remove ${lock}.`,
      );
    writeFileSync(lock, String(process.pid), { mode: 0o600 });
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`DATA_DIR: ${folder} can't be used (${systemCode(error) ?? error})`);
  }
  held.add(lock);
  return {
    crashed,
    async close() {
      held.delete(lock);
      rmSync(lock, { force: true });
    },
  };
}

/** The running process that holds the lock; none if a crash left the lock behind. */
function ownerOf(lock: string): number | undefined {
  let pid: number;
  try {
    pid = Number(readFileSync(lock, 'utf8'));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (pid === process.pid) return held.has(lock) ? pid : undefined;
  return Number.isInteger(pid) && pid > 0 && isRunning(pid) ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
