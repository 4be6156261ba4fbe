import { together } from '../../shared/async/together';
import type { HostState } from '../../shared/aws/host-secret';
import type { Secrets } from '../../shared/aws/secrets';
import { ApiError, SecretUnusable } from '../../shared/contract/errors';
import type { whyAllowedRoute } from '../../shared/contract/routes/why-allowed';
import { storedRuleAnswer } from '../../shared/http/answers';
import {
  type AuthDeps,
  type Authority,
  governs,
  readAuthority,
  seesHost,
  verifyClaims,
} from '../../shared/http/authenticate';
import type { CallOf } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import { type Decision, decide, type Unreadable, type Wish } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import { readRulesFor, type StoredRule } from '../../shared/store/rules';
import { nameHost, stateOf } from './host-state';

export interface WhyDeps extends AuthDeps {
  secrets: Pick<Secrets, 'signingKeys' | 'host'>;
}

/** `GET /rules/why`: whether a grant would be given now, the rule that decides, every rule that applies, and whether the host is registered. */
export async function explainWhy(deps: WhyDeps, call: CallOf<typeof whyAllowedRoute>): Promise<ApiResponse> {
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
  const { settings } = deps;
  const ttl = Math.min(settings.grantTtl, settings.maxGrantTtl);
  const decision = decide(rules, wish, { ttl, now: seconds(call.now) });
  const { allowed, host } = await judgeHost(deps, person, { wish, decision });
  const shown = decision.matched.flatMap((one) => shownTo(person, wish.email, one));
  const hidden = decision.matched.length - shown.length;
  const [rule = null] = decision.rule ? shownTo(person, wish.email, decision.rule) : [];
  const said = { allowed, rule, rules: shown, ...(hidden > 0 && { hidden }), ...(host && { host }) };
  return { status: 200, json: said };
}

/** Whether a grant would be given on this host, and the host's state for those who may know it. */
async function judgeHost(
  { secrets }: WhyDeps,
  person: Authority,
  { wish, decision }: { wish: Wish; decision: Decision },
): Promise<{ allowed: boolean; host?: HostState }> {
  const mayKnow = seesHost(person, wish.host) || (decision.allowed && nameHost(decision.matched, wish.host));
  if (!decision.allowed && !mayKnow) return { allowed: false };
  const state = await readState(secrets, wish.host);
  return { allowed: decision.allowed && state === 'registered', ...(mayKnow && { host: state }) };
}

/** A host whose secret holds no usable login is registered all the same. */
async function readState(secrets: WhyDeps['secrets'], host: string): Promise<HostState> {
  try {
    return stateOf(await secrets.host(host));
  } catch (fault) {
    if (fault instanceof SecretUnusable && fault.host === host) return 'registered';
    throw fault;
  }
}

/** Rulers see other people's rules only inside their scope. People who ask about themselves see every rule, without its note. */
function shownTo(person: Authority, asked: string, rule: StoredRule | Unreadable): object[] {
  if (person.admin) return [storedRuleAnswer(rule)];
  if ('unreadable' in rule) return [];
  if (governs(person, rule)) return [storedRuleAnswer(rule)];
  return asked === person.email ? [storedRuleAnswer({ ...rule, note: undefined })] : [];
}
