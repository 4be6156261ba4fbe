import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home } from './home-file';
import type { SettingsFile } from './settings-file';
import type { Settings } from './settings-schema';

/** Settings that end with this process: for a token that came by variable, where there is no file. */
export function memorySettings(firstSettings: Settings, firstHome: Home = {}): SettingsFile {
  let settings = firstSettings;
  let home = firstHome;
  let folder: Promise<string> | undefined;
  const last = new Map<string, Promise<unknown>>();
  return {
    keptIn: async () => undefined,
    read: async () => settings,
    change: async (edit) => {
      settings = edit(settings);
      return settings;
    },
    readHome: async () => home,
    changeHome: async (edit) => {
      home = edit(home);
      return home;
    },
    // Each run would make another one, and fill the limit of logins.
    keepLabel: async () => '',
    writeBeside: async (name, text) => {
      folder ??= mkdtemp(join(tmpdir(), 'mongogrant-'));
      const path = join(await folder, name);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    },
    /** One after the other. Whoever waited looks again before asking. */
    alone: async (key, act) => {
      const turn = (last.get(key) ?? Promise.resolve()).then(act, act);
      last.set(key, turn);
      return turn;
    },
  };
}
