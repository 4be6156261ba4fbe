import { randomBytes } from 'node:crypto';
import { lstat, lutimes, readFile, readlink, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../code-of';
import { MongograntError } from '../mongogrant-error';
import { hasEnded, holderText, nameIn } from './lock-holder';

/** NFS may show another machine's touch a minute late. */
const minuteAndHalf = 90_000;
const touchEvery = 5_000;

export interface LockOptions<T> {
  /** Milliseconds; after that it is an error. */
  patience: number;
  /** Milliseconds; a lock that nobody has touched for so long belongs to nobody. */
  deadAfter?: number;
  /** Asked again and again while somebody else holds the lock: something other than undefined ends the wait. */
  unless?: () => Promise<T | undefined>;
  /** Removes what the holder of this name left behind when it ended. */
  cleanUp?: (name: string) => Promise<void>;
}

/**
 * Does something while holding a lock that all processes of all machines with this folder respect. It is made in one
 * step, on NFS too, and names its holder. A holder on this machine that has ended loses it at once, any other one when it
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
  const waited = await acquire(path, text, options);
  if (waited) return waited.value;
  const touch = setInterval(() => lutimes(path, new Date(), new Date()).catch(() => {}), touchEvery).unref();
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
  text: string,
  { patience, deadAfter = minuteAndHalf, unless, cleanUp }: LockOptions<T>,
): Promise<{ value: T } | undefined> {
  const start = performance.now();
  let seen: { text: string; touched: number; since: number } | undefined;
  for (;;) {
    if (await created(path, text)) return undefined;
    const value = await unless?.();
    if (value !== undefined) return { value };
    const lock = await look(path);
    // An NFS server that answered too late says this about a lock that it has made for us.
    if (lock?.text === text) return undefined;
    const now = performance.now();
    if (lock?.text !== seen?.text || lock?.touched !== seen?.touched) seen = lock && { ...lock, since: now };
    if (seen && (hasEnded(seen.text) || now - seen.since > deadAfter)) {
      await cleanUp?.(nameIn(seen.text));
      await breakLock(path, seen.text);
    } else if (now - start > patience) throw busy(path);
    else await pause(10 + Math.random() * 40);
  }
}

/** Makes the lock with its text in one step: as a symbolic link that leads nowhere. */
async function created(path: string, text: string): Promise<boolean> {
  try {
    await symlink(text, path).catch((fault) => {
      if (codeOf(fault) === 'EEXIST') throw fault;
      // Windows, and some file systems, have none.
      return writeFile(path, text, { flag: 'wx', mode: 0o600 });
    });
    return true;
  } catch (fault) {
    if (codeOf(fault) === 'EEXIST') return false;
    throw fault;
  }
}

/** What a lock says, and when it was last touched; nothing if it is gone. */
async function look(path: string): Promise<{ text: string; touched: number } | undefined> {
  try {
    const { mtimeMs } = await lstat(path);
    return { text: await textOf(path), touched: mtimeMs };
  } catch {
    return undefined;
  }
}

const textOf = (path: string): Promise<string> => readlink(path).catch(() => readFile(path, 'utf8'));

/** Takes a dead holder's lock away. If several processes try, one moves it. A process that moved a newer lock by mistake puts it back. */
async function breakLock(path: string, dead: string): Promise<void> {
  // All use one name, so that a process that is killed in here leaves at most one file.
  const away = `${path}.dead`;
  try {
    await rename(path, away);
    const text = await textOf(away);
    if (text !== dead) await created(path, text);
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
