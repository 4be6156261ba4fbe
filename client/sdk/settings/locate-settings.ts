import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { codeOf } from '../code-of';
import { readVariable, type Variables } from '../variables';
import { fileBehind } from './write-file';

/** Where the settings are, and where what is ours alone and no secret is. */
export interface Location {
  settings: string;
  /** The path of a file of ours, such as `home.json`. */
  ownFile(name: string): Promise<string>;
  /** The folder of these files, if it is ours to make. */
  ownFolder?: string;
}

/** The settings file that was named, or the one of this home; nothing where there is no home. */
export function locateSettings(named: string | undefined, env: Variables): Location | undefined {
  const chosen = named ?? readVariable(env, 'MGRANT_SETTINGS');
  if (chosen !== undefined) return besideSettings(resolve(chosen));
  const home = homeOf(env);
  if (home === undefined) return undefined;
  const settings = join(home, '.mongogrant.json');
  const config = env.XDG_CONFIG_HOME ?? '';
  // The Python client knows the settings file in the home folder only, so that one stays.
  return isAbsolute(config) ? inFolder(settings, join(config, 'mongogrant')) : besideSettings(settings);
}

/** Whether the process has a home folder. */
export const hasHome = (env: Variables): boolean => homeOf(env) !== undefined;

/** Our files are where the settings file really is, and their names begin as its name. */
export const besideSettings = (settings: string): Location => ({
  settings,
  ownFile: async (name) => resolve(`${(await fileBehind(settings)).replace(/\.json$/, '')}.${name}`),
});

const inFolder = (settings: string, ownFolder: string): Location => ({
  ...{ settings, ownFolder },
  ownFile: async (name) => join(ownFolder, name),
});

/** The home folder. An empty HOME is none: a file in it would be in whatever folder one happens to be. */
export function homeOf({ HOME }: Variables): string | undefined {
  try {
    const home = process.platform === 'win32' ? homedir() : (HOME ?? homedir());
    return isAbsolute(home) ? home : undefined;
  } catch (fault) {
    // Nobody has told this user's number a home.
    if (codeOf(fault) === 'ERR_SYSTEM_ERROR') return undefined;
    throw fault;
  }
}
