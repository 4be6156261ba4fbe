import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { fallback } from '../../shared/contract/routes';
import { listGrantsRoute } from '../../shared/contract/routes/list-grants';
import { whoAmIRoute } from '../../shared/contract/routes/who-am-i';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
import { dynamoTable } from '../../shared/store/table';
import { listGrants } from './list-grants';
import { nothingHere } from './nothing-here';
import { whoAmI } from './who-am-i';

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

const served = [on(listGrantsRoute, listGrants), on(whoAmIRoute, whoAmI), { key: fallback.key, answer: nothingHere }];

export const handler = serve(served, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});
