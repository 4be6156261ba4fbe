import { readEnv } from '../../shared/env';
import { serve } from '../../shared/http';
import { jsonLog } from '../../shared/log';
import { awsSecrets } from '../../shared/secrets';
import { dynamoTable } from '../../shared/store/table';
import { redeemLink, showLink } from './redeem-link';

const { tableName, stackName, settings, origin } = readEnv(process.env);
const deps = { table: dynamoTable(tableName), secrets: awsSecrets(settings.secretPrefix), stackName, settings };

export const handler = serve(
  { 'GET /links/{link}': showLink, 'HEAD /links/{link}': showLink, 'POST /links/{link}': redeemLink },
  deps,
  { origin, log: jsonLog('redeem-link') },
);
