import { jsonLog } from '../../shared/log';
import { mongoAdmins } from '../../shared/mongo-admins';
import { secretVersions } from '../../shared/secrets-manager';
import { rotateAdminPassword } from './rotate-admin-password';

const deps = { versions: secretVersions(), admins: mongoAdmins(), log: jsonLog('rotate-admin-password') };

export const handler = (event: unknown): Promise<void> => rotateAdminPassword(deps, event);
