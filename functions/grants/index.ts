import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { frontOf } from '../../shared/http/front';
import { serve } from '../../shared/http/http';
import { dynamoTable } from '../../shared/store/table';
import { listGrants, me, nothingHere } from './grants';

const env = readEnv(process.env);
const { tableName, stackName, settings } = env;
const log = jsonLog('grants');
const deps = {
  table: dynamoTable(tableName, log),
  secrets: awsSecrets(settings.secretPrefix),
  stackName,
  settings,
  log,
};

export const handler = serve({ 'GET /grants': listGrants, 'GET /me': me, $default: nothingHere }, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});
