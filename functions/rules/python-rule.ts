import { inputs, isBody, parse } from '../../shared/api';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import { expired, keyOf } from '../../shared/policy';
import type { ApiRequest } from '../../shared/request';
import { seconds } from '../../shared/time';
import { beginChange } from './begin-change';
import { type RulesDeps, ruleBy, writeRule } from './rules';

/** `POST /setrule/{token}`: what `PUT /rules` does, for clients of the Python server. */
export async function setRuleForPython(deps: RulesDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  if (!isBody(inputs.pythonRule, request))
    return { status: 400, json: 'Missing valid user, host, db, role, and/or which' };
  try {
    await addRuleBesideOthers(deps, { ...request, bearer: request.params.token }, now);
    return { status: 200, json: { success: true } };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'internal') throw error;
    const message =
      error.status === 401
        ? 'Your token has expired, or is not one of this server. Use `mgrant init` to get a new one.'
        : error.message;
    return { status: 200, json: { success: false, error: message } };
  }
}

/**
 * This client adds to a set, and knows no limits: it must not lift those that somebody else has set. A rule in force stays as it is; one
 * that has expired keeps its other limits; an admin takes over a ruler's rule, so that it outlives the ruler.
 */
async function addRule(deps: RulesDeps, request: ApiRequest, now: Date): Promise<void> {
  const wanted = { key: keyOf(parse(inputs.ruleKey, request.body)), seen: undefined, dryRun: undefined };
  const change = await beginChange(deps, request, wanted, now);
  const { before, person } = change;
  if (before && 'unreadable' in before)
    throw new ApiError(
      'not_allowed',
      "The rule that is there can't be read. An admin can set it anew with PUT /rules.",
    );
  const moment = seconds(now);
  const over = before !== undefined && expired(before, moment);
  const takenOver = person.admin && before?.asRuler === true;
  if (before && !over && !takenOver) return;
  const { maxTtl, cidrs, note, expiresAt } = before ?? {};
  const rule = ruleBy(change, { ...wanted.key, maxTtl, cidrs, note, ...(!over && { expiresAt }) }, moment);
  await writeRule(deps, request, wanted, change, rule, now);
}

/** Of two who add the same rule at the same time the second one finds it there. */
async function addRuleBesideOthers(deps: RulesDeps, request: ApiRequest, now: Date): Promise<void> {
  try {
    await addRule(deps, request, now);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 'rule_changed')) throw error;
    await addRule(deps, request, now);
  }
}
