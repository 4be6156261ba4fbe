import { replies } from '../../../shared/contract/replies';
import { listEventsRoute } from '../../../shared/contract/routes/list-events';
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

export const readAudit = (api: ClientDeps, filter: AuditFilter): Promise<AuditPage> =>
  read(api, { route: listEventsRoute, reply: replies.audit, query: queryOf(filter) });
