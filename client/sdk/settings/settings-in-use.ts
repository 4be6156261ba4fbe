import { access, constants } from 'node:fs/promises';
import { MongograntError } from '../mongogrant-error';
import { readVariable, type Variables } from '../variables';
import { locateSettings } from './locate-settings';
import { memorySettings } from './memory-settings';
import { type SettingsFile, settingsFile } from './settings-file';
import { emptySettings } from './settings-schema';
import { isUnwritable } from './unwritable';

/** What decides which settings are used. */
export interface SettingsChoice {
  /** The file that the program names. */
  settings?: string | undefined;
  env: Variables;
  warn(message: string): void;
}

/**
 * The settings of a client. Where a variable brings the token, they need no file: one that is not there is not made, and one that can't be
 * written is only read.
 */
export function settingsInUse({ settings, env, warn }: SettingsChoice): SettingsFile {
  const location = locateSettings(settings, env);
  const file = location ? settingsFile(location.settings, location) : homeless();
  return readVariable(env, 'MGRANT_TOKEN') ? besideToken(file, location?.settings, warn) : file;
}

function besideToken(file: SettingsFile, path: string | undefined, warn: (message: string) => void): SettingsFile {
  let inUse: Promise<SettingsFile> | undefined;
  const fallBack = async (fault: Error): Promise<SettingsFile> => {
    warn(`${fault.message} Until then a new login is not kept, and the next run replaces its password.`);
    return memorySettings(await file.read(), await file.readHome());
  };
  const find = async () => ((await isReadable(path)) ? file : memorySettings(emptySettings()));
  const use = async <T>(act: (settings: SettingsFile) => Promise<T>): Promise<T> => {
    inUse ??= find();
    const before = inUse;
    try {
      return await act(await before);
    } catch (fault) {
      if (!(fault instanceof Error) || !isUnwritable(fault)) throw fault;
      if (inUse === before) inUse = fallBack(fault);
      return act(await inUse);
    }
  };
  return {
    keptIn: () => use((settings) => settings.keptIn()),
    read: () => use((settings) => settings.read()),
    change: (edit) => use((settings) => settings.change(edit)),
    readHome: () => use((settings) => settings.readHome()),
    changeHome: (edit) => use((settings) => settings.changeHome(edit)),
    keepLabel: (label) => use((settings) => settings.keepLabel(label)),
    writeBeside: (name, text) => use((settings) => settings.writeBeside(name, text)),
    alone: (key, act, unless) => use((settings) => settings.alone(key, act, unless)),
  };
}

const isReadable = (path: string | undefined): Promise<boolean> =>
  path === undefined
    ? Promise.resolve(false)
    : access(path, constants.R_OK).then(
        () => true,
        () => false,
      );

/** No home, no file: everything that needs one says what to do. */
function homeless(): SettingsFile {
  const refuse = async (): Promise<never> => {
    throw new MongograntError(
      'home_missing',
      'There is no home folder here for the settings file. Set HOME, or name a file with MGRANT_SETTINGS, or give a token with MGRANT_TOKEN and its service with MGRANT_ENDPOINT.',
    );
  };
  return {
    ...{ keptIn: refuse, read: refuse, change: refuse, readHome: refuse, changeHome: refuse },
    ...{ keepLabel: refuse, writeBeside: refuse, alone: refuse },
  };
}
