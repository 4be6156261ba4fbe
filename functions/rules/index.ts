import { readEnv } from '../../shared/aws/env';
import { jsonLog } from '../../shared/aws/log';
import { awsSecrets } from '../../shared/aws/secrets';
import { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import { listRulersRoute } from '../../shared/contract/routes/list-rulers';
import { listRulesRoute } from '../../shared/contract/routes/list-rules';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { whyAllowedRoute } from '../../shared/contract/routes/why-allowed';
import { frontOf } from '../../shared/http/front';
import { on, serve } from '../../shared/http/serve';
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
const served = [
  on(listRulesRoute, getRules),
  on(setRuleRoute, setRule),
  on(removeRuleRoute, deleteRule),
  on(whyAllowedRoute, why),
  on(listRulersRoute, getRulers),
  on(setRulerRoute, setRuler),
  on(dismissRulerRoute, deleteRuler),
  ...(settings.legacyRoutes ? [setRuleForPython] : []),
];

export const handler = serve(served, deps, {
  origin: env.origin,
  log,
  front: frontOf(env, deps.secrets),
});
