import { listEventsRoute } from '../../shared/contract/routes/list-events';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { getAudit } from './audit';

const { deps, edge } = openFunction('audit');

export const handler = serve([on(listEventsRoute, getAudit)], deps, edge);
