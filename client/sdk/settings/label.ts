import { isLabel } from '../../../shared/contract/names';
import { MongograntError } from '../mongogrant-error';
import { madeLabel } from './made-label';
import type { SettingsFile } from './settings-file';
import type { Settings } from './settings-schema';
import { isUnwritable } from './unwritable';

/** The label of this home, for logins that nobody gave one; undefined if it has none yet, empty if it shall have none. */
export const readLabel = async (file: SettingsFile, settings?: Settings): Promise<string | undefined> =>
  (await file.readHome()).label ?? (settings ?? (await file.read())).mongogrant?.label;

/** The label of this home. It is made once, if labels are made here at all. */
export async function homeLabel(file: SettingsFile, settings: Settings, makes: boolean): Promise<string> {
  const { label } = await file.readHome();
  if (label !== undefined) return label;
  const earlier = settings.mongogrant?.label;
  if (earlier === undefined) return makes ? file.keepLabel(madeLabel()) : '';
  // Release 0.1.0 kept it in the settings, where the Python client drops it.
  await file.keepLabel(earlier).catch(unless(isUnwritable));
  return earlier;
}

export async function setLabel(file: SettingsFile, label: string): Promise<void> {
  checkLabel(label);
  await file.changeHome((home) => ({ ...home, label }));
}

export function checkLabel(label: string): void {
  if (!isLabel(label))
    throw new MongograntError('label_invalid', 'A label is at most 32 letters, digits, ., _ and -, such as laptop.');
}

const unless =
  (fine: (fault: unknown) => boolean) =>
  (fault: unknown): void => {
    if (!fine(fault)) throw fault;
  };
