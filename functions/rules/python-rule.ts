import * as v from 'valibot';
import { ApiError } from '../../shared/contract/errors';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRuleForPythonRoute } from '../../shared/contract/routes/set-rule-for-python';
import type { AuthDeps } from '../../shared/http/authenticate';
import type { Call } from '../../shared/http/call';
import { explained } from '../../shared/http/parse';
import { readPythonForm } from '../../shared/http/read-python-form';
import { eventOf, Refusal } from '../../shared/http/refusal';
import { inOtherWords } from '../../shared/http/serve';
import { expired, keyOf, type RuleKey } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import { beginChange } from './begin-change';
import { requireRoom } from './require-room';
import { ruleBy, writeRule } from './rules';

/** `POST /setrule/{token}`: what `PUT /rules` does, for clients of the Python server. They read `success` in every answer but one. */
export const setRuleForPython = inOtherWords<AuthDeps>(setRuleForPythonRoute, {
  async answer(deps, call) {
    const { request } = call;
    const form = readPythonForm(setRuleForPythonRoute.body, request, fieldsOfRules);
    if (!form) return { status: 400, json: 'Missing valid user, host, db, role, and/or which' };
    const key = v.safeParse(removeRuleRoute.query, form, { abortPipeEarly: true });
    if (!key.success) return { status: 200, json: { success: false, error: explained(key.issues) } };
    const asked = { ...call, request: { ...request, bearer: request.params.token } };
    await addRuleBesideOthers(deps, asked, keyOf(key.output));
    return { status: 200, json: { success: true } };
  },
  refuse({ code, status, message, retryAfter }, { requestId }) {
    const error =
      status === 401
        ? 'Your token has expired, or is not one of this server. Use `mgrant init` to get a new one.'
        : `${message}${code === 'internal' ? ` (${requestId})` : ''}`;
    return {
      status: status < 500 && !ofTheForm.includes(status) ? 200 : status,
      json: { success: false, error },
      retryAfter,
    };
  },
});

const fieldsOfRules = { ...setRuleRoute.body.entries, ...setRuleRoute.query.entries };

/** Statuses about the form of a request, which refuse no rule. */
const ofTheForm = [400, 413, 415];

/**
 * This client only adds, and knows no limits, so it must not lift those that others set. A rule in force stays as it is; an expired one
 * keeps its other limits. An admin takes over a ruler's rule, so that it outlives the ruler.
 */
async function addRule(deps: AuthDeps, call: Call, key: RuleKey): Promise<void> {
  const wanted = { key, seen: undefined, dryRun: undefined };
  const change = await beginChange(deps, call, wanted);
  const { before, person } = change;
  if (before && 'unreadable' in before)
    throw new ApiError(
      'not_allowed',
      "The rule that is there can't be read. An admin can set it anew with PUT /rules.",
    );
  const moment = seconds(call.now);
  const over = before !== undefined && expired(before, moment);
  const takenOver = person.admin && before?.asRuler === true;
  if (before && !over && !takenOver) return;
  const { maxTtl, cidrs, note, expiresAt } = before ?? {};
  await requireRoom(deps, wanted, change);
  const rule = ruleBy(change, { ...wanted.key, maxTtl, cidrs, note, ...(!over && { expiresAt }) }, moment);
  await writeRule(deps, call, { wanted, change, rule });
}

/** If two people add the same rule at the same time, the second one finds the rule of the first. */
async function addRuleBesideOthers(deps: AuthDeps, call: Call, key: RuleKey): Promise<void> {
  try {
    await addRule(deps, call, key);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'rule_changed')) throw error;
    // This notes the write that failed; the next try writes its own event.
    await call.note(eventOf(error));
    await addRule(deps, call, key);
  }
}
