import { lossesAnswer, ruleAnswer, storedRuleAnswer } from '../../shared/answers';
import { inputs, parseBodyAndQuery, parseQuery } from '../../shared/api';
import { type AuthDeps, authorize, governs } from '../../shared/authenticate';
import { ApiError } from '../../shared/errors';
import { cursorOf } from '../../shared/fields';
import type { ApiResponse } from '../../shared/http';
import type { Log } from '../../shared/log';
import { keyOf, ruleName } from '../../shared/policy';
import { refuse } from '../../shared/refuse';
import { reportUnreadable } from '../../shared/report-unreadable';
import type { ApiRequest } from '../../shared/request';
import { ruleLosses } from '../../shared/rule-losses';
import { writeEvent } from '../../shared/store/audit';
import { listRules, putRule, removeRule, type StoredRule } from '../../shared/store/rules';
import { versionOf } from '../../shared/store/versions';
import { seconds } from '../../shared/time';
import { beginChange, refuseChange } from './begin-change';

export type RulesDeps = AuthDeps & { log: Log };

/** `GET /rules`: all rules, or those of one principal; for a ruler, what of them is inside their scope. */
export async function getRules(deps: RulesDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { email, cursor = ' ' } = parseQuery(inputs.ruleFilter, request);
  const person = await authorize(deps, request, now);
  if (!person.admin && !person.scope) {
    const problem = new ApiError(
      'not_allowed',
      'Only admins and rulers see the rules. GET /me shows what they open to you.',
    );
    throw await refuse(
      deps.table,
      { act: 'read_refused', email: person.email, route: request.route },
      problem,
      request,
      now,
    );
  }
  const { rules, next } = await listRules(deps.table, email, cursor);
  reportUnreadable(deps.log, rules, request.requestId);
  const shown = rules.filter((rule) => ('unreadable' in rule ? person.admin : governs(person, rule)));
  return {
    status: 200,
    json: { rules: shown.map(storedRuleAnswer), ...(next !== undefined && { cursor: cursorOf(next) }) },
  };
}

/** `PUT /rules`: sets one rule, new or in the place of the one with the same key. `?dryRun=true` only tells who would lose what. */
export async function setRule(deps: RulesDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const [wish, { dryRun }] = parseBodyAndQuery(inputs.rule, inputs.dryRun, request);
  const { expires: expiresAt, version: seen, ...wanted } = wish;
  const moment = seconds(now);
  if (expiresAt !== undefined && expiresAt <= moment)
    throw new ApiError('invalid_request', 'expires: must lie in the future');
  const change = await beginChange(deps, request, { key: wanted, seen }, now);
  const { person, before, warnings } = change;
  const rule: StoredRule = {
    ...wanted,
    ...(expiresAt !== undefined && { expiresAt }),
    version: (versionOf(before) ?? 0) + 1,
    setBy: person.email,
    setAt: moment,
    ...(!person.admin && { asRuler: true }),
  };
  if (dryRun) return { status: 200, json: lossesAnswer(await ruleLosses(deps.table, rule, rule, moment)) };
  const was = before && !('unreadable' in before) ? ruleAnswer(before) : before;
  const after = ruleAnswer(rule);
  const event = { email: rule.email, by: person.email, rule: ruleName(rule), before: was, after };
  const [set] = await Promise.all([
    putRule(deps.table, rule, before),
    writeEvent(deps.table, { act: 'rule_set', ...event }, request, now),
  ]);
  if (!set) throw await refuseChange(deps, request, event, 'rule_changed', now);
  const replaced = was && JSON.stringify(was) !== JSON.stringify(after) ? { replaced: was } : {};
  return { status: 200, json: { ...storedRuleAnswer(rule), ...replaced, ...(warnings.length > 0 && { warnings }) } };
}

/** `DELETE /rules`: removes the rule with this key. `?dryRun=true` only tells who would lose what. */
export async function deleteRule(deps: RulesDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { version: seen, dryRun, ...key } = parseQuery(inputs.ruleKey, request);
  const { person, before } = await beginChange(deps, request, { key, seen }, now);
  const event = {
    email: key.email,
    by: person.email,
    rule: ruleName(key),
    before: before && !('unreadable' in before) ? ruleAnswer(before) : before,
  };
  if (!before) throw await refuseChange(deps, request, event, 'rule_unknown', now);
  if (dryRun) return { status: 200, json: lossesAnswer(await ruleLosses(deps.table, key, undefined, seconds(now))) };
  const [removed] = await Promise.all([
    removeRule(deps.table, key, before),
    writeEvent(deps.table, { act: 'rule_removed', ...event }, request, now),
  ]);
  if (!removed) throw await refuseChange(deps, request, event, 'rule_changed', now);
  return { status: 200, json: 'unreadable' in before ? keyOf(key) : storedRuleAnswer(before) };
}
