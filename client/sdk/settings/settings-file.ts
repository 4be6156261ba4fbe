import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from '../code-of';
import { decodeText } from '../decode-text';
import { MongograntError } from '../mongogrant-error';
import { changeFile, patience } from './change-file';
import { type Home, homeFile } from './home-file';
import { besideSettings, type Location } from './locate-settings';
import { withLock } from './lock';
import { emptySettings, parseSettings, type Settings, settingsText } from './settings-schema';
import { unwritable } from './unwritable';
import { closeToOthers, fileBehind, isAbsent } from './write-file';

/** The Python client writes in place, so its file may be half there for a moment. */
const looks = 5;

/** What a client keeps: the settings, and what its home decides for itself. */
export interface SettingsFile {
  /** The path of the settings file; none where only this process has the settings. */
  keptIn(): Promise<string | undefined>;
  read(): Promise<Settings>;
  /** Reads, edits and writes, with no other process of ours in between. Nothing is written if the edit gives back what it got. */
  change(edit: (settings: Settings) => Settings): Promise<Settings>;
  readHome(): Promise<Home>;
  changeHome(edit: (home: Home) => Home): Promise<Home>;
  /** Keeps a label unless there is one; answers the one that counts, or an empty one where none can be kept. */
  keepLabel(label: string): Promise<string>;
  /** Puts a text that is no secret into a file of ours; answers its path. */
  writeBeside(name: string, text: string): Promise<string>;
  /** Does something that only one process at a time should do for this key; see `withLock`. */
  alone<T>(key: string, act: () => Promise<T>, unless: () => Promise<T | undefined>): Promise<T>;
}

/** The settings in this file; a file that is not there yet is one with nothing in it. A file that can't be parsed is left alone. */
export function settingsFile(path: string, location: Location = besideSettings(path)): SettingsFile {
  return {
    keptIn: async () => path,
    read: async () => readSettings(path, await fileBehind(path)),
    change: async (edit) => {
      const file = await fileBehind(path);
      const content = { read: () => readSettings(path, file), textOf: settingsText };
      return changeFile(file, content, edit).catch(unwritable(path));
    },
    ...homeFile(location),
    alone: async (key, act, unless) => {
      const file = await fileBehind(path);
      return withLock(`${file}.${key}.lock`, act, { patience: 2 * patience, unless }).catch(unwritable(path));
    },
  };
}

async function readSettings(path: string, file: string): Promise<Settings> {
  for (let look = 1; ; look += 1) {
    const bytes = await readFile(file).catch((fault: unknown) => {
      if (isAbsent(fault)) return undefined;
      throw unreadable(path, codeOf(fault));
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

const unreadable = (path: string, code: unknown): MongograntError =>
  new MongograntError(
    'settings_broken',
    `The settings file ${path} can't be read (${code}). Make it readable, or name another one with MGRANT_SETTINGS.`,
  );

const broken = (path: string, why: string): MongograntError =>
  new MongograntError(
    'settings_broken',
    `The settings file ${path} is no use: ${why}. It was left as it is. Mend it, or move it away and log in again.`,
  );
