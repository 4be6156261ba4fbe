import { getAudit } from '../../functions/audit/audit';
import type { GrantDeps } from '../../functions/grant-credentials/allowed-wish';
import { explainWhy } from '../../functions/grant-credentials/explain-why';
import { grantCredentials, renewGrant } from '../../functions/grant-credentials/grant-credentials';
import { renewLogins, showRenewals } from '../../functions/grant-credentials/keep-logins';
import { grantForPython } from '../../functions/grant-credentials/python-grant';
import { answerRest } from '../../functions/grants/answer-rest';
import { listGrants } from '../../functions/grants/list-grants';
import { whoAmI } from '../../functions/grants/who-am-i';
import type { RedeemDeps } from '../../functions/redeem-link/link-state';
import { pollLogin } from '../../functions/redeem-link/poll-login';
import { redeemLink, showLink } from '../../functions/redeem-link/redeem-link';
import { showStart } from '../../functions/redeem-link/show-start';
import { verifyToken } from '../../functions/redeem-link/verify-token';
import { getToken } from '../../functions/request-link/get-token';
import { requestLink } from '../../functions/request-link/request-link';
import type { RequestLinkDeps } from '../../functions/request-link/request-link-deps';
import { revokeGrants, revokeTokens } from '../../functions/revoke/revoke';
import { setRuleForPython } from '../../functions/rules/python-rule';
import { deleteRuler, getRulers, setRuler } from '../../functions/rules/rulers';
import { deleteRule, getRules, type RuleDeps, setRule } from '../../functions/rules/rules';
import { fallback } from '../../shared/contract/routes';
import { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import { getTokenRoute } from '../../shared/contract/routes/get-token';
import { grantCredentialsRoute } from '../../shared/contract/routes/grant-credentials';
import { listEventsRoute } from '../../shared/contract/routes/list-events';
import { listGrantsRoute } from '../../shared/contract/routes/list-grants';
import { listRulersRoute } from '../../shared/contract/routes/list-rulers';
import { listRulesRoute } from '../../shared/contract/routes/list-rules';
import { pollLoginRoute } from '../../shared/contract/routes/poll-login';
import { redeemLinkRoute } from '../../shared/contract/routes/redeem-link';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { renewGrantRoute } from '../../shared/contract/routes/renew-grant';
import { renewLoginsRoute } from '../../shared/contract/routes/renew-logins';
import { requestLinkRoute } from '../../shared/contract/routes/request-link';
import { revokeGrantsRoute } from '../../shared/contract/routes/revoke-grants';
import { revokeTokensRoute } from '../../shared/contract/routes/revoke-tokens';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { showLinkRoute } from '../../shared/contract/routes/show-link';
import { showRenewalsRoute } from '../../shared/contract/routes/show-renewals';
import { showStartRoute } from '../../shared/contract/routes/show-start';
import { whoAmIRoute } from '../../shared/contract/routes/who-am-i';
import { whyAllowedRoute } from '../../shared/contract/routes/why-allowed';
import { on, type Served } from '../../shared/http/serve';

type AllDeps = RequestLinkDeps & RedeemDeps & GrantDeps & RuleDeps;

/** All routes behind one handler, as no deployed function has them. */
export const useCases: readonly Served<AllDeps>[] = [
  on(showStartRoute, showStart),
  on(requestLinkRoute, requestLink),
  on(showLinkRoute, showLink),
  on(redeemLinkRoute, redeemLink),
  on(pollLoginRoute, pollLogin),
  on(grantCredentialsRoute, grantCredentials),
  on(renewGrantRoute, renewGrant),
  on(showRenewalsRoute, showRenewals),
  on(renewLoginsRoute, renewLogins),
  on(listGrantsRoute, listGrants),
  on(whoAmIRoute, whoAmI),
  on(revokeGrantsRoute, revokeGrants),
  on(revokeTokensRoute, revokeTokens),
  on(listRulesRoute, getRules),
  on(setRuleRoute, setRule),
  on(removeRuleRoute, deleteRule),
  on(whyAllowedRoute, explainWhy),
  on(listRulersRoute, getRulers),
  on(setRulerRoute, setRuler),
  on(dismissRulerRoute, deleteRuler),
  on(listEventsRoute, getAudit),
  on(getTokenRoute, getToken),
  verifyToken,
  grantForPython,
  setRuleForPython,
  { key: fallback.key, hasPages: true, answer: answerRest },
];
