import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { listEventsRoute } from '../../shared/contract/routes/list-events';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
import { dynamoTable } from '../../shared/store/table';
import { getAudit } from './audit';

const env = readEnv(process.env);
const { tableName, stackName, settings } = env;
const log = jsonLog('audit');
const deps = {
  table: dynamoTable(tableName, log),
  secrets: awsSecrets(settings.secretPrefix),
  stackName,
  settings,
  log,
};

export const handler = serve([on(listEventsRoute, getAudit)], deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});
