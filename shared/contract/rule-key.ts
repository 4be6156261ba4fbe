import * as v from 'valibot';
import { dbPattern, host, principal, role, star, which } from './fields/access';

/** Identifies a rule. */
export const ruleKey = {
  email: principal,
  host: v.union([star, host], 'must be a host or *'),
  db: dbPattern,
  role,
  which,
};
