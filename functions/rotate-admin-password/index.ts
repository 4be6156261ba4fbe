import type { Context } from 'aws-lambda';
import { jsonLog } from '../../shared/log';
import { mongoAdmins } from '../../shared/mongo-admins';
import { secretVersions } from '../../shared/secrets-manager';
import { rotateAdminPassword } from './rotate-admin-password';

const log = jsonLog('rotate-admin-password');
const deps = { versions: secretVersions(), admins: mongoAdmins(), log };

export const handler = (event: unknown, { awsRequestId }: Pick<Context, 'awsRequestId'>): Promise<void> => {
  log.about?.({ lambdaRequestId: awsRequestId });
  return rotateAdminPassword(deps, event);
};
