import { setTimeout as wait } from 'node:timers/promises';
import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { pollLoginRoute } from '../../shared/contract/routes/poll-login';
import { redeemLinkRoute } from '../../shared/contract/routes/redeem-link';
import { showLinkRoute } from '../../shared/contract/routes/show-link';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
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

const served = [
  on(showLinkRoute, showLink),
  on(redeemLinkRoute, redeemLink),
  on(pollLoginRoute, pollLogin),
  ...(settings.legacyRoutes ? [verifyToken] : []),
];

export const handler = serve(served, deps, { origin: env.origin, log, front: frontOf(env, deps.secrets) });
