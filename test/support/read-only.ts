import { chmod, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const nobody = 65_534;

/** Does something for which a folder, and what is in it, can only be read. Root can write everywhere, and so is somebody else for it. */
export async function inReadOnly<T>(folder: string, act: () => Promise<T>): Promise<T> {
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o444);
  await chmod(folder, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    return await act();
  } finally {
    if (isRoot) process.seteuid?.(0);
    await chmod(folder, 0o755);
  }
}
