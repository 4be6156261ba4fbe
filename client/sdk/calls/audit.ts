import { replies } from '../../../shared/contract/replies';
import { type ClientDeps, read } from '../api/ask-api';
import { queryOf } from '../query-of';
import type { AuditPage } from '../replies';

export interface AuditFilter {
  /** ISO 8601. */
  from?: string;
  to?: string;
  email?: string;
  host?: string;
  cursor?: string;
}

/** One page of what happened, newest first. */
export const readAudit = (api: ClientDeps, filter: AuditFilter): Promise<AuditPage> =>
  read(api, replies.audit, '/audit', queryOf(filter));
