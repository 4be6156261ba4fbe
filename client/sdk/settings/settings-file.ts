import { randomBytes } from 'node:crypto';
import { readFile, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../code-of';
import { decodeText } from '../decode-text';
import { isMongograntError, MongograntError } from '../mongogrant-error';
import { withLock } from './lock';
import { emptySettings, parseSettings, type Settings, settingsText } from './settings-schema';
import { closeToOthers, fileBehind, writeWhole } from './write-file';

/** Milliseconds. A write takes a few, but only after 90 s do we know that a holder on another machine is dead. */
const patience = 120_000;
/** The Python client writes in place, so its file may be half there for a moment. */
const looks = 5;

export type SettingsFile = ReturnType<typeof settingsFile>;

/** The settings in this file; a file that is not there yet is one with nothing in it. A file that can't be parsed is left alone. */
export function settingsFile(path: string) {
  const read = async () => readSettings(path, await fileBehind(path));
  return {
    read,
    /** Reads, edits and writes, with no other process of ours in between. Nothing is written if the edit gives back what it got. */
    change: async (edit: (settings: Settings) => Settings): Promise<Settings> => {
      const file = await fileBehind(path);
      const temporary = (name: string) => `${file}.${name}.tmp`;
      const act = async (name: string) => {
        const before = await readSettings(path, file);
        const after = edit(before);
        if (after !== before) await writeWhole(file, settingsText(after), temporary(name));
        return after;
      };
      const cleanUp = (name: string) => unlink(temporary(name)).catch(() => {});
      return withLock(`${file}.lock`, act, { patience, cleanUp }).catch(unwritable(path));
    },
    /** Puts a text that is no secret into a file whose name begins as this one's; answers its path. */
    writeBeside: async (ending: string, text: string): Promise<string> => {
      const beside = resolve(`${(await fileBehind(path)).replace(/\.json$/, '')}.${ending}`);
      const there = await readFile(beside, 'utf8').catch(() => undefined);
      const temporary = `${beside}.${randomBytes(8).toString('hex')}.tmp`;
      if (there !== text) await writeWhole(beside, text, temporary).catch(unwritable(beside));
      return beside;
    },
    /** Does something that only one process at a time should do for this key; see `withLock`. */
    alone: async <T>(key: string, act: () => Promise<T>, unless: () => Promise<T | undefined>): Promise<T> => {
      const file = await fileBehind(path);
      return withLock(`${file}.${key}.lock`, act, { patience: 2 * patience, unless }).catch(unwritable(path));
    },
  };
}

async function readSettings(path: string, file: string): Promise<Settings> {
  for (let look = 1; ; look += 1) {
    const bytes = await readFile(file).catch((fault: unknown) => {
      if (codeOf(fault) === 'ENOENT') return undefined;
      throw broken(path, `it can't be read (${codeOf(fault)})`);
    });
    if (bytes === undefined) return emptySettings();
    const parsed = parseSettings(decodeText(bytes));
    if ('settings' in parsed) {
      await closeToOthers(file);
      return parsed.settings;
    }
    if (look === looks) throw broken(path, parsed.why);
    await pause(40);
  }
}

const broken = (path: string, why: string): MongograntError =>
  new MongograntError(
    'settings_broken',
    `The settings file ${path} is no use: ${why}. It was left as it is. Mend it, or move it away and log in again.`,
  );

const unwritable =
  (path: string) =>
  (fault: unknown): never => {
    const code = codeOf(fault);
    const refused = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR'].find((one) => one === code);
    if (isMongograntError(fault) || !refused) throw fault;
    throw new MongograntError(
      'settings_unwritable',
      `The file ${path} can't be written (${refused}). Make its folder writable, or name another file.`,
    );
  };
