import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import type { listRulesRoute } from '../../shared/contract/routes/list-rules';
import type { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import type { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { foretellLosses } from '../../shared/grants/foretell-losses';
import { lossesAnswer, ruleAnswer, storedRuleAnswer, unreadableAnswer } from '../../shared/http/answers';
import { type AuthDeps, authorize, governs } from '../../shared/http/authenticate';
import type { Call, CallOf } from '../../shared/http/call';
import { sealCursor, unsealPosition } from '../../shared/http/cursors';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import { mayTake, type RuleChange } from '../../shared/policy/losses';
import { keyOf, type Rule, type RuleKey, ruleName, type Unreadable } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import type { Event } from '../../shared/store/audit';
import { listRules, putRule, removeRule, type StoredRule } from '../../shared/store/rules';
import { planSweep } from '../../shared/store/sweeps';
import { nextVersion } from '../../shared/store/versions';
import { beginChange, type Change, overtaken, refusalOf, type Wanted } from './begin-change';
import type { KnownHosts } from './known-hosts';
import { requireRoom } from './require-room';
import { warnOfHost } from './warn-of-host';

export interface RuleDeps extends AuthDeps {
  hosts: KnownHosts;
}

/** `GET /rules`: all rules, or those of one principal. A ruler sees those inside their scope. */
export async function getRules(deps: AuthDeps, call: CallOf<typeof listRulesRoute>): Promise<ApiResponse> {
  const person = await authorize(deps, call);
  if (!person.admin && !person.scope) {
    const problem = new ApiError(
      'not_allowed',
      'Only admins and rulers see the rules. Look what the rules open to you, or ask an admin.',
    );
    throw new Refusal(problem, { act: 'read_refused', email: person.email, route: call.request.route });
  }
  const from = await unsealPosition(deps, call, person.email);
  const { rules, next } = await listRules(deps.table, call.query.email, from);
  reportUnreadable(deps.log, rules, call);
  const shown = rules.filter((rule) => ('unreadable' in rule ? person.admin : governs(person, rule)));
  const cursor = await sealCursor(deps, call, { email: person.email, next });
  return { status: 200, json: { rules: shown.map(storedRuleAnswer), ...cursor } };
}

/** `PUT /rules`: sets one rule, new or in place of the one with the same key. `?dryRun=true` only tells who would lose what. */
export async function setRule(deps: RuleDeps, call: CallOf<typeof setRuleRoute>): Promise<ApiResponse> {
  const { expires: expiresAt, version: seen, replaced: _replaced, warnings: _warnings, ...given } = call.body;
  const { dryRun } = call.query;
  const moment = seconds(call.now);
  if (expiresAt !== undefined && expiresAt <= moment)
    throw new ApiError('invalid_request', 'expires: must lie in the future');
  const wanted = { key: given, seen, dryRun };
  const change = await beginChange(deps, call, wanted);
  await requireRoom(deps, wanted, change);
  const rule = ruleBy(change, { ...given, ...(expiresAt !== undefined && { expiresAt }) }, moment);
  const warned = warnOfHost(deps, change.person, rule.host);
  if (dryRun) {
    const foretold = foretell(deps, { key: rule, before: change.before, after: rule }, moment);
    const [json, warnings] = await together([foretold, warned]);
    return { status: 200, json: { ...json, ...shown(warnings) } };
  }
  const [replaced, ofHost] = await together([writeRule(deps, call, { wanted, change, rule }), warned]);
  return { status: 200, json: { ...storedRuleAnswer(rule), ...replaced, ...shown([...change.warnings, ...ofHost]) } };
}

const shown = (warnings: string[]) => (warnings.length > 0 ? { warnings } : {});

/** The rule that this person sets with this change. */
export const ruleBy = ({ person, before }: Change, given: Rule, moment: number): StoredRule => ({
  ...given,
  version: nextVersion(before),
  setBy: person.email,
  setAt: moment,
  ...(!person.admin && { asRuler: true }),
});

/** Writes a rule in place of the one that was read, and returns what that one said if it differs. */
export async function writeRule(
  deps: AuthDeps,
  call: Call,
  { wanted, change: { person, before }, rule }: { wanted: Wanted; change: Change; rule: StoredRule },
) {
  const [was, after] = [before && plainAnswer(before), ruleAnswer(rule)];
  await planSweepAfter(deps, call, { key: keyOf(rule), before, after: rule });
  const [set] = await together([
    putRule(deps.table, rule, before),
    call.note(about(rule, { act: 'rule_set', by: person.email, before: was, after })),
  ]);
  if (!set) throw refusalOf(wanted, overtaken(), person.email);
  return was && JSON.stringify(was) !== JSON.stringify(after) ? { replaced: was } : {};
}

/** `DELETE /rules`: removes the rule with this key. `?dryRun=true` only tells who would lose what. */
export async function deleteRule(deps: AuthDeps, call: CallOf<typeof removeRuleRoute>): Promise<ApiResponse> {
  const { version: seen, dryRun, ...key } = call.query;
  const wanted = { key, seen, dryRun };
  const { person, before } = await beginChange(deps, call, wanted);
  if (!before) throw refusalOf(wanted, unknown(), person.email);
  const change = { key, before, after: undefined };
  if (dryRun) return { status: 200, json: await foretell(deps, change, seconds(call.now)) };
  await planSweepAfter(deps, call, change);
  const [removed] = await together([
    removeRule(deps.table, key, before),
    call.note(about(key, { act: 'rule_removed', by: person.email, before: plainAnswer(before) })),
  ]);
  if (!removed) throw refusalOf(wanted, overtaken(), person.email);
  return { status: 200, json: 'unreadable' in before ? key : storedRuleAnswer(before) };
}

const foretell = async ({ table }: AuthDeps, change: RuleChange, moment: number) =>
  lossesAnswer(await foretellLosses(table, change, moment));

async function planSweepAfter({ table }: AuthDeps, { now }: Call, change: RuleChange): Promise<void> {
  if (mayTake(change)) await planSweep(table, { rule: change.key }, seconds(now));
}

const unknown = (): ApiError =>
  new ApiError('rule_unknown', 'There is no rule with this email, host, db, role and which. Look at the list of them.');

const plainAnswer = (rule: StoredRule | Unreadable) =>
  'unreadable' in rule ? unreadableAnswer(rule) : ruleAnswer(rule);

const about = (key: RuleKey, event: Pick<Event, 'act' | 'by' | 'before' | 'after'>): Event => ({
  ...event,
  email: key.email,
  rule: ruleName(key),
});
