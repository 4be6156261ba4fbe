import { setTimeout as wait } from 'node:timers/promises';
import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { frontOf } from '../../shared/http/front';
import { serve } from '../../shared/http/http';
import { dynamoTable } from '../../shared/store/table';
import { pollLogin } from './poll-login';
import { redeemLink, showLink } from './redeem-link';
import { verifyToken } from './verify-token';

// Above what a look at the table takes; docs/decisions/12-terminal-login.md says why.
const floorMs = 150;

const log = jsonLog('redeem-link');
const env = readEnv(process.env);
const { tableName, stackName, settings } = env;
const deps = {
  table: dynamoTable(tableName, log),
  secrets: awsSecrets(settings.secretPrefix),
  stackName,
  settings,
  floor: () => wait(floorMs),
};

const python = settings.legacyRoutes ? { 'GET /verifytoken/{link}': verifyToken } : {};

export const handler = serve(
  {
    'GET /links/{link}': showLink,
    'POST /links/{link}': redeemLink,
    'POST /links/poll': pollLogin,
    ...python,
  },
  deps,
  { origin: env.origin, log, front: frontOf(env, deps.secrets) },
);
