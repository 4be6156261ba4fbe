import { ruleAnswer } from '../../shared/answers';
import { inputs, parseBody, parseQuery } from '../../shared/api';
import { type AuthDeps, authenticate } from '../../shared/authenticate';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import { type RuleKey, ruleName } from '../../shared/policy';
import type { ApiRequest } from '../../shared/request';
import { type Event, writeEvent } from '../../shared/store/audit';
import { listRules, putRule, readRule, removeRule } from '../../shared/store/rules';
import { seconds } from '../../shared/time';

/** `GET /rules`: all rules, or those of one principal. */
export async function getRules(deps: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { email } = parseQuery(inputs.ruleFilter, request);
  const person = await authenticate(deps, request, now);
  if (!person.admin)
    throw new ApiError('not_allowed', 'Only admins see the rules. GET /me shows what they open to you.');
  const rules = await listRules(deps.table, email);
  return { status: 200, json: { rules: rules.map((rule) => ('unreadable' in rule ? rule : ruleAnswer(rule))) } };
}

/** `PUT /rules`: sets one rule, new or in the place of the one with the same key. */
export async function setRule(deps: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { expires: expiresAt, ...wanted } = parseBody(inputs.rule, request);
  const moment = seconds(now);
  const by = await adminFor(deps, request, wanted, now);
  if (expiresAt !== undefined && expiresAt <= moment)
    throw new ApiError('invalid_request', 'expires: must lie in the future');
  const before = await readRule(deps.table, wanted);
  const version = before && !('unreadable' in before) ? before.version + 1 : 1;
  const rule = {
    ...wanted,
    ...(expiresAt !== undefined && { expiresAt }),
    version,
    setBy: by,
    setAt: moment,
  };
  const [set] = await Promise.all([
    putRule(deps.table, rule, before),
    note(deps, request, { act: 'rule_set', email: rule.email, by, rule: ruleName(rule) }, now),
  ]);
  if (!set) throw await changed(deps, request, wanted, by, now);
  return { status: 200, json: ruleAnswer(rule) };
}

/** `DELETE /rules`: removes the rule with this key. */
export async function deleteRule(deps: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const key = parseQuery(inputs.ruleKey, request);
  const by = await adminFor(deps, request, key, now);
  const before = await readRule(deps.table, key);
  if (!before)
    throw new ApiError(
      'rule_unknown',
      'There is no rule with this email, host, db, role and which. GET /rules lists them.',
    );
  const readable = 'unreadable' in before ? undefined : before;
  const [removed] = await Promise.all([
    removeRule(deps.table, key, before),
    note(deps, request, { act: 'rule_removed', email: key.email, by, rule: ruleName(key) }, now),
  ]);
  if (!removed) throw await changed(deps, request, key, by, now);
  return { status: 200, json: readable ? ruleAnswer(readable) : key };
}

async function adminFor(deps: AuthDeps, request: ApiRequest, rule: RuleKey, now: Date): Promise<string> {
  const person = await authenticate(deps, request, now);
  if (person.admin) return person.email;
  await note(
    deps,
    request,
    { act: 'rule_refused', email: rule.email, by: person.email, rule: ruleName(rule), reason: 'not_allowed' },
    now,
  );
  throw new ApiError('not_allowed', 'Only admins may change this rule.');
}

async function changed(deps: AuthDeps, request: ApiRequest, rule: RuleKey, by: string, now: Date): Promise<ApiError> {
  await note(
    deps,
    request,
    { act: 'rule_refused', email: rule.email, by, rule: ruleName(rule), reason: 'rule_changed' },
    now,
  );
  return new ApiError(
    'rule_changed',
    'Somebody else changed this rule at the same moment. Read it again, then set it.',
    1,
  );
}

const note = (deps: AuthDeps, request: ApiRequest, event: Event, now: Date): Promise<void> =>
  writeEvent(deps.table, event, request, now);
