import { codeOf } from '../code-of';
import { isMongograntError, MongograntError } from '../mongogrant-error';

const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT', 'ENOTDIR', 'EBUSY'];

/** Turns the system's no to a write into words that name the file and a way out; throws everything else as it is. */
export const unwritable =
  (path: string) =>
  (fault: unknown): never => {
    const refused = refusals.find((one) => one === codeOf(fault));
    if (isMongograntError(fault) || !refused) throw fault;
    throw new MongograntError(
      'settings_unwritable',
      `The file ${path} can't be written (${refused}). Make its folder writable, or name a settings file elsewhere with MGRANT_SETTINGS.`,
    );
  };

export const isUnwritable = (fault: unknown): boolean =>
  isMongograntError(fault) && fault.code === 'settings_unwritable';
