import { getAudit } from '../../functions/audit/audit';
import { grantCredentials, renewGrant } from '../../functions/grant-credentials/grant-credentials';
import { grantForPython } from '../../functions/grant-credentials/python-grant';
import { listGrants, me, nothingHere } from '../../functions/grants/grants';
import { pollLogin } from '../../functions/redeem-link/poll-login';
import { redeemLink, showLink } from '../../functions/redeem-link/redeem-link';
import { verifyToken } from '../../functions/redeem-link/verify-token';
import { getToken } from '../../functions/request-link/get-token';
import { requestLink } from '../../functions/request-link/request-link';
import { revokeGrants, revokeTokens } from '../../functions/revoke/revoke';
import { setRuleForPython } from '../../functions/rules/python-rule';
import { deleteRuler, getRulers, setRuler } from '../../functions/rules/rulers';
import { deleteRule, getRules, setRule } from '../../functions/rules/rules';
import { why } from '../../functions/rules/why';

/** All routes behind one handler, as no deployed function has them. */
export const useCases = {
  'POST /links': requestLink,
  'GET /links/{link}': showLink,
  'POST /links/{link}': redeemLink,
  'POST /links/poll': pollLogin,
  'POST /grants': grantCredentials,
  'POST /grants/renew': renewGrant,
  'GET /grants': listGrants,
  'GET /me': me,
  'DELETE /grants': revokeGrants,
  'DELETE /tokens': revokeTokens,
  'GET /rules': getRules,
  'PUT /rules': setRule,
  'DELETE /rules': deleteRule,
  'GET /rules/why': why,
  'GET /rulers': getRulers,
  'PUT /rulers': setRuler,
  'DELETE /rulers': deleteRuler,
  'GET /audit': getAudit,
  'GET /gettoken/{email}': getToken,
  'GET /verifytoken/{link}': verifyToken,
  'POST /grant/{token}': grantForPython,
  'POST /setrule/{token}': setRuleForPython,
  $default: nothingHere,
};
