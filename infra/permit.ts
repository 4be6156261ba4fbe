import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { permissions as audit } from '../functions/audit/permissions';
import { permissions as grantCredentials } from '../functions/grant-credentials/permissions';
import { permissions as grants } from '../functions/grants/permissions';
import { permissions as noteFeedback } from '../functions/note-feedback/permissions';
import { permissions as reap } from '../functions/reap/permissions';
import { permissions as reconcile } from '../functions/reconcile/permissions';
import { permissions as redeemLink } from '../functions/redeem-link/permissions';
import { permissions as remind } from '../functions/remind/permissions';
import { permissions as requestLink } from '../functions/request-link/permissions';
import { permissions as revoke } from '../functions/revoke/permissions';
import { permissions as rotateAdminPassword } from '../functions/rotate-admin-password/permissions';
import { permissions as rules } from '../functions/rules/permissions';
import type { FunctionName } from '../shared/contract/route';
import type { JobName } from './jobs';
import type { Permissions, Resources } from './resources';

const permissions = {
  'request-link': requestLink,
  'redeem-link': redeemLink,
  'grant-credentials': grantCredentials,
  grants,
  revoke,
  rules,
  audit,
  reap,
  remind,
  reconcile,
  'note-feedback': noteFeedback,
  'rotate-admin-password': rotateAdminPassword,
} satisfies Record<FunctionName | JobName, Permissions>;

/** Gives each function the permissions in the `permissions.ts` beside it, and no others but for its log and the VPC. */
export function permit(functions: Record<FunctionName | JobName, LambdaFunction>, resources: Resources): void {
  const byName = new Map<string, Permissions>(Object.entries(permissions));
  for (const [name, fn] of Object.entries(functions)) byName.get(name)?.(resources, fn);
}
