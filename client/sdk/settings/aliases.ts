import type { SettingsFile } from './settings-file';

/** What a name of one's own stands for. */
export type AliasKind = 'host' | 'db';

/** Gives a host or a database a name of one's own. */
export async function setAlias(file: SettingsFile, which: AliasKind, more: Record<string, string>): Promise<void> {
  const key = `${which}_aliases` as const;
  await file.change((settings) => {
    const aliases = { ...settings.fetch[key], ...more };
    return { ...settings, fetch: { ...settings.fetch, [key]: aliases } };
  });
}

export const readAliases = async (file: SettingsFile, which: AliasKind): Promise<Record<string, string>> =>
  (await file.read()).fetch[`${which}_aliases`];
