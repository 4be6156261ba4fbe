import type { SettingsFile } from './settings-file';

type AliasKind = 'host' | 'db';

export async function setAlias(file: SettingsFile, which: AliasKind, more: Record<string, string>): Promise<void> {
  const key = `${which}_aliases` as const;
  await file.change((settings) => {
    const aliases = { ...settings.fetch[key], ...more };
    return { ...settings, fetch: { ...settings.fetch, [key]: aliases } };
  });
}

export const readAliases = async (file: SettingsFile, which: AliasKind): Promise<Record<string, string>> =>
  (await file.read()).fetch[`${which}_aliases`];
