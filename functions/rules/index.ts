import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { frontOf } from '../../shared/http/front';
import { serve } from '../../shared/http/http';
import { dynamoTable } from '../../shared/store/table';
import { setRuleForPython } from './python-rule';
import { deleteRuler, getRulers, setRuler } from './rulers';
import { deleteRule, getRules, setRule } from './rules';
import { why } from './why';

const env = readEnv(process.env);
const { tableName, stackName, settings } = env;
const log = jsonLog('rules');
const deps = {
  table: dynamoTable(tableName, log),
  secrets: awsSecrets(settings.secretPrefix),
  stackName,
  settings,
  log,
};
const rules = { 'GET /rules': getRules, 'PUT /rules': setRule, 'DELETE /rules': deleteRule, 'GET /rules/why': why };
const rulers = { 'GET /rulers': getRulers, 'PUT /rulers': setRuler, 'DELETE /rulers': deleteRuler };
const python = settings.legacyRoutes ? { 'POST /setrule/{token}': setRuleForPython } : {};

export const handler = serve({ ...rules, ...rulers, ...python }, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});
