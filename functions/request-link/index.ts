import { setTimeout as wait } from 'node:timers/promises';
import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { sesMailer } from '../../shared/aws/mailer';
import { awsSecrets } from '../../shared/aws/secrets';
import { getTokenRoute } from '../../shared/contract/routes/get-token';
import { requestLinkRoute } from '../../shared/contract/routes/request-link';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
import { dynamoTable } from '../../shared/store/table';
import { getToken } from './get-token';
import { requestLink } from './request-link';
import { spentSources } from './spent-sources';

// Above what the work takes; docs/decisions/04-one-answer.md has the figures.
const floorMs = 1500;

const env = readEnv(process.env);
const { tableName, settings, configurationSet } = env;
const log = jsonLog('request-link');
const deps = {
  table: dynamoTable(tableName, log),
  secrets: awsSecrets(settings.secretPrefix),
  sendMail: sesMailer(settings.mailFrom, configurationSet),
  settings,
  log,
  spent: spentSources(),
  floor: () => wait(floorMs),
};

const served = [on(requestLinkRoute, requestLink), ...(settings.legacyRoutes ? [on(getTokenRoute, getToken)] : [])];

export const handler = serve(served, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});
