import { readEnv } from '../../shared/env';
import { serve } from '../../shared/http';
import { jsonLog } from '../../shared/log';
import { awsSecrets } from '../../shared/secrets';
import { dynamoTable } from '../../shared/store/table';
import { getAudit } from './audit';

const { tableName, stackName, settings, origin } = readEnv(process.env);
const log = jsonLog('audit');
const deps = { table: dynamoTable(tableName), secrets: awsSecrets(settings.secretPrefix), stackName, settings, log };

export const handler = serve({ 'GET /audit': getAudit }, deps, { origin, log });
