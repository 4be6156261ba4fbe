import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, open, readFile, rename, unlink, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../code-of';
import { MongograntError } from '../mongogrant-error';
import { hasEnded, holderText, nameIn } from './lock-holder';

/** A lock that nobody has touched for so long belongs to nobody. NFS may show another machine's touch a minute late. */
const deadAfter = 90_000;
const touchEvery = 5_000;

export interface LockOptions<T> {
  /** Milliseconds; after that it is an error. */
  patience: number;
  /** Asked again and again while somebody else holds the lock: something other than undefined ends the wait. */
  unless?: () => Promise<T | undefined>;
  /** Removes what the holder of this name left behind when it ended. */
  cleanUp?: (name: string) => Promise<void>;
}

/**
 * Does something while holding a lock that all processes of all machines with this folder respect. It is a file, made by a hard link,
 * which is one step on NFS too, and names its holder. A holder on this machine that has ended loses it at once, any other one when it
 * has not touched it for a minute and a half, measured by the waiting process alone, so that clocks need not agree.
 *
 * @param act gets a name that no other holder has
 */
export async function withLock<T>(
  path: string,
  act: (name: string) => Promise<T>,
  options: LockOptions<T>,
): Promise<T> {
  const name = randomBytes(8).toString('hex');
  const text = holderText(name);
  const own = `${path}.${name}`;
  await writeFile(own, text, { mode: 0o600 });
  const waited = await acquire(path, own, text, options).finally(() => unlink(own).catch(() => {}));
  if (waited) return waited.value;
  const touch = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), touchEvery).unref();
  try {
    return await act(name);
  } finally {
    clearInterval(touch);
    if ((await look(path))?.text === text) await unlink(path).catch(() => {});
  }
}

/** Undefined when the lock is ours; the value that ended the wait otherwise. */
async function acquire<T>(
  path: string,
  own: string,
  text: string,
  { patience, unless, cleanUp }: LockOptions<T>,
): Promise<{ value: T } | undefined> {
  const start = performance.now();
  let seen: { text: string; touched: number; since: number } | undefined;
  for (;;) {
    if (await created(path, own)) return undefined;
    const value = await unless?.();
    if (value !== undefined) return { value };
    const lock = await look(path);
    // Some NFS servers say that it exists about a link that they have just made.
    if (lock?.text === text) return undefined;
    const now = performance.now();
    if (lock?.text !== seen?.text || lock?.touched !== seen?.touched) seen = lock && { ...lock, since: now };
    if (seen && (hasEnded(seen.text) || now - seen.since > deadAfter)) {
      await breakLock(path, seen.text);
      await Promise.all([unlink(`${path}.${nameIn(seen.text)}`).catch(() => {}), cleanUp?.(nameIn(seen.text))]);
    } else if (now - start > patience) throw busy(path);
    else await pause(10 + Math.random() * 40);
  }
}

async function created(path: string, own: string): Promise<boolean> {
  try {
    await link(own, path).catch(async (fault) => {
      if (codeOf(fault) === 'EEXIST') throw fault;
      // Some file systems have no hard links.
      await copyFile(own, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (fault) {
    if (codeOf(fault) === 'EEXIST') return false;
    throw fault;
  }
}

async function look(path: string): Promise<{ text: string; touched: number } | undefined> {
  // Opening a file makes NFS look anew.
  const handle = await open(path, 'r').catch(() => undefined);
  if (!handle) return undefined;
  try {
    return { text: await handle.readFile('utf8'), touched: (await handle.stat()).mtimeMs };
  } finally {
    await handle.close();
  }
}

/** Takes a dead holder's lock away. Of several that try, one moves it; one that moved a newer lock by mistake puts it back. */
async function breakLock(path: string, dead: string): Promise<void> {
  const away = `${path}.${randomBytes(8).toString('hex')}`;
  try {
    await rename(path, away);
    if ((await readFile(away, 'utf8')) !== dead) await link(away, path);
  } catch {
    // Somebody else was faster.
  } finally {
    await unlink(away).catch(() => {});
  }
}

const busy = (path: string): MongograntError =>
  new MongograntError(
    'settings_busy',
    `Another process holds ${path} for too long. End that process; if there is none, remove this file.`,
  );
