import { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import { grantCredentialsRoute } from '../../shared/contract/routes/grant-credentials';
import { listEventsRoute } from '../../shared/contract/routes/list-events';
import { listGrantsRoute } from '../../shared/contract/routes/list-grants';
import { listRulersRoute } from '../../shared/contract/routes/list-rulers';
import { listRulesRoute } from '../../shared/contract/routes/list-rules';
import { pollLoginRoute } from '../../shared/contract/routes/poll-login';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { requestLinkRoute } from '../../shared/contract/routes/request-link';
import { revokeGrantsRoute } from '../../shared/contract/routes/revoke-grants';
import { revokeTokensRoute } from '../../shared/contract/routes/revoke-tokens';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { whoAmIRoute } from '../../shared/contract/routes/who-am-i';
import { whyAllowedRoute } from '../../shared/contract/routes/why-allowed';

/** What the routes take, by short names. */
export const inputs = {
  link: requestLinkRoute.body,
  poll: pollLoginRoute.body,
  grant: grantCredentialsRoute.body,
  grantFilter: listGrantsRoute.query,
  revokeGrants: revokeGrantsRoute.query,
  revokeTokens: revokeTokensRoute.query,
  rule: setRuleRoute.body,
  ruleKey: removeRuleRoute.query,
  ruleFilter: listRulesRoute.query,
  why: whyAllowedRoute.query,
  ruler: setRulerRoute.body,
  rulerKey: dismissRulerRoute.query,
  rulerFilter: listRulersRoute.query,
  auditFilter: listEventsRoute.query,
  nothing: whoAmIRoute.query,
};
