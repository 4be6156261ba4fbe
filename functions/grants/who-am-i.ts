import { together } from '../../shared/async/together';
import type { whoAmIRoute } from '../../shared/contract/routes/who-am-i';
import { type AuthDeps, readAuthority, verifyClaims } from '../../shared/http/authenticate';
import type { CallOf } from '../../shared/http/call';
import type { ApiResponse } from '../../shared/http/render';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import { durationText } from '../../shared/policy/durations';
import { access } from '../../shared/policy/policy';
import { iso, seconds } from '../../shared/policy/time';
import { readRulesFor } from '../../shared/store/rules';

/** `GET /me`: who you are, and what the rules open to you. */
export async function whoAmI(deps: AuthDeps, call: CallOf<typeof whoAmIRoute>): Promise<ApiResponse> {
  const claims = await verifyClaims(deps, call);
  const [person, rules] = await together([readAuthority(deps, claims, call), readRulesFor(deps.table, claims.email)]);
  reportUnreadable(deps.log, rules, call);
  const { email, expiresAt, admin, scope } = person;
  const ruler = scope && { hosts: scope.hosts, dbs: scope.dbs, emails: scope.emails, which: scope.which };
  const opened = access(rules, seconds(call.now)).map(({ host, db, role, expiresAt: end, maxTtl, cidrs }) => ({
    host,
    db,
    role,
    ...(end !== undefined && { expires: iso(end) }),
    ...(maxTtl !== undefined && { maxTtl: durationText(maxTtl) }),
    ...(cidrs && { cidrs }),
  }));
  return {
    status: 200,
    json: {
      email,
      expires: iso(expiresAt),
      admin,
      ruler: ruler !== undefined,
      ...(ruler && { scope: ruler }),
      access: opened,
    },
  };
}
