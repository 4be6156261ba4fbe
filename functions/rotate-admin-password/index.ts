import type { Context } from 'aws-lambda';
import { jsonLog } from '../../shared/aws/log';
import { secretVersions } from '../../shared/aws/secrets-manager';
import { mongoAdmins } from './mongo-admins';
import { rotateAdminPassword } from './rotate-admin-password';

const log = jsonLog('rotate-admin-password');
const deps = { versions: secretVersions(), admins: mongoAdmins(), log };

export const handler = (event: unknown, { awsRequestId }: Pick<Context, 'awsRequestId'>): Promise<void> => {
  log.about?.({ lambdaRequestId: awsRequestId });
  return rotateAdminPassword(deps, event);
};
