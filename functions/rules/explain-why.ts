import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import type { whyAllowedRoute } from '../../shared/contract/routes/why-allowed';
import { storedRuleAnswer } from '../../shared/http/answers';
import { type AuthDeps, type Authority, governs, readAuthority, verifyClaims } from '../../shared/http/authenticate';
import type { CallOf } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import { decide, type Unreadable } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import { readRulesFor, type StoredRule } from '../../shared/store/rules';

/** `GET /rules/why`: whether the rules would give this now, the rule that decides, and every rule that applies. */
export async function explainWhy(deps: AuthDeps, call: CallOf<typeof whyAllowedRoute>): Promise<ApiResponse> {
  const { email, ...what } = call.query;
  const claims = await verifyClaims(deps, call);
  const wish = { ...what, email: email ?? claims.email };
  const [person, rules] = await together([readAuthority(deps, claims, call), readRulesFor(deps.table, wish.email)]);
  reportUnreadable(deps.log, rules, call);
  if (wish.email !== person.email && !governs(person, wish)) {
    const problem = new ApiError(
      'not_allowed',
      'Only admins, and rulers inside their scope, see why others may or may not. Leave email out to ask about yourself.',
    );
    const event = { act: 'read_refused', email: wish.email, by: person.email, route: call.request.route } as const;
    throw new Refusal(problem, { ...event, wish: what });
  }
  const { allowed, rule, matched } = decide(rules, wish, { ttl: deps.settings.grantTtl, now: seconds(call.now) });
  const shown = matched.flatMap((one) => shownTo(person, wish.email, one));
  const hidden = matched.length - shown.length;
  const [decisive = null] = rule ? shownTo(person, wish.email, rule) : [];
  return { status: 200, json: { allowed, rule: decisive, rules: shown, ...(hidden > 0 && { hidden }) } };
}

/** Rulers see other people's rules only inside their scope. People who ask about themselves see every rule, without its note. */
function shownTo(person: Authority, asked: string, rule: StoredRule | Unreadable): object[] {
  if (person.admin) return [storedRuleAnswer(rule)];
  if ('unreadable' in rule) return [];
  if (governs(person, rule)) return [storedRuleAnswer(rule)];
  return asked === person.email ? [storedRuleAnswer({ ...rule, note: undefined })] : [];
}
