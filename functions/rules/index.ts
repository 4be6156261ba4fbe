import { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import { listRulersRoute } from '../../shared/contract/routes/list-rulers';
import { listRulesRoute } from '../../shared/contract/routes/list-rules';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { knownHosts } from './known-hosts';
import { setRuleForPython } from './python-rule';
import { deleteRuler, getRulers, setRuler } from './rulers';
import { deleteRule, getRules, setRule } from './rules';

const { deps: base, edge } = openFunction('rules');
const deps = { ...base, hosts: knownHosts(base.settings.secretPrefix) };
const served = [
  on(listRulesRoute, getRules),
  on(setRuleRoute, setRule),
  on(removeRuleRoute, deleteRule),
  on(listRulersRoute, getRulers),
  on(setRulerRoute, setRuler),
  on(dismissRulerRoute, deleteRuler),
  ...(deps.settings.legacyRoutes ? [setRuleForPython] : []),
];

export const handler = serve(served, deps, edge);
