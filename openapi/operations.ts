import type { RouteKey } from '../shared/contract/routes';
import type { Operation } from './operation';
import { auditOperations } from './operations/audit';
import { grantOperations } from './operations/grants';
import { linkOperations } from './operations/links';
import { pythonOperations } from './operations/python';
import { rulerOperations } from './operations/rulers';
import { ruleOperations } from './operations/rules';
import { tokenOperations } from './operations/tokens';

/** Every route in words: one that is added without a line in one of these does not compile. */
export const operations: Record<RouteKey, Operation> = {
  ...linkOperations,
  ...tokenOperations,
  ...grantOperations,
  ...ruleOperations,
  ...rulerOperations,
  ...auditOperations,
  ...pythonOperations,
};
