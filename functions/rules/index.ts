import { readEnv } from '../../shared/env';
import { serve } from '../../shared/http';
import { jsonLog } from '../../shared/log';
import { awsSecrets } from '../../shared/secrets';
import { dynamoTable } from '../../shared/store/table';
import { deleteRule, getRules, setRule } from './rules';

const { tableName, stackName, settings, origin } = readEnv(process.env);
const deps = { table: dynamoTable(tableName), secrets: awsSecrets(settings.secretPrefix), stackName, settings };

export const handler = serve({ 'GET /rules': getRules, 'PUT /rules': setRule, 'DELETE /rules': deleteRule }, deps, {
  origin,
  log: jsonLog('rules'),
});
