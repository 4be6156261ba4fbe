import { hostOf } from '../../../shared/contract/names';
import type { Credential } from './credentials';
import type { SettingsFile } from './settings-file';

/** Writes a host's own authorities beside the settings file, and answers the path; none for a host without any. */
export const writeCaFile = async (
  file: SettingsFile,
  { host, ca }: Pick<Credential, 'host' | 'ca'>,
): Promise<string | undefined> =>
  // Hosts have ports, which no file's name may have everywhere.
  ca === undefined ? undefined : file.writeBeside(`${hostOf(host).replaceAll(':', '_')}.pem`, ca);
