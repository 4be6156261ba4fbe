import { chmod, open, readlink, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { codeOf } from '../code-of';

/** Whether a file is not there. Where HOME is /dev/null, nothing is. */
export const isAbsent = (fault: unknown): boolean => codeOf(fault) === 'ENOENT' || codeOf(fault) === 'ENOTDIR';

/** The file behind a path that may be a link, even a link to a file that is not there yet. */
export async function fileBehind(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const target = await readlink(path).catch(() => undefined);
    return target === undefined ? path : resolve(dirname(path), target);
  }
}

/**
 * Puts a text in the place of a file, readable by its owner only. Whatever happens, a reader finds the
 * whole old text or the whole new one.
 */
export async function writeWhole(file: string, text: string, temporary: string): Promise<void> {
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (fault) {
    await handle.close().catch(() => {});
    await unlink(temporary).catch(() => {});
    throw fault;
  }
  await syncFolder(dirname(file));
}

/** Puts the rename on the disk, too. Not all systems can do that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** The Python client makes the file readable for everybody. */
export async function closeToOthers(file: string): Promise<void> {
  const { mode } = await stat(file);
  if (mode & 0o077) await chmod(file, 0o600).catch(() => {});
}
