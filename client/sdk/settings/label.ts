import { isLabel } from '../../../shared/contract/names';
import { MongograntError } from '../mongogrant-error';
import type { SettingsFile } from './settings-file';
import type { Settings } from './settings-schema';

/** The label of a settings file; none is an empty one. */
export const labelOf = (settings: Settings): string => settings.mongogrant?.label ?? '';

export const readLabel = async (file: SettingsFile): Promise<string> => labelOf(await file.read());

export async function setLabel(file: SettingsFile, label: string): Promise<void> {
  if (!isLabel(label))
    throw new MongograntError('label_invalid', 'A label is at most 32 letters, digits, ., _ and -, such as laptop.');
  await file.change((settings) => ({ ...settings, mongogrant: { ...settings.mongogrant, label } }));
}
