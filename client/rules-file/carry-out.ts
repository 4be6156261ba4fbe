import { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { ruleAnswer } from '../../shared/http/answers';
import { keyOf } from '../../shared/policy/policy';
import { type Answer, type Api, type ClientDeps, failureOf, noAnswer, pauseOf, sent } from '../sdk/api/ask-api';
import { type Change, sameMeaning, sameScope } from './changes';
import { readRule, readRuler } from './service-state';

/**
 * Makes one change, if the rule or ruler still is as the plan saw it. Repeats the request if the API asks to wait, or if no answer came.
 * A request may have been carried out although its answer got lost: then it reads what is there now. Throws a `MongograntError`.
 */
export async function carryOut(change: Change, deps: ClientDeps): Promise<void> {
  let lost = false;
  for (let attempt = 0; ; attempt += 1) {
    const { answer, fault } = await sent(write(change, deps.api));
    if (answer && answer.status < 300) return;
    lost ||= mayHaveBeenDone(answer);
    const pause = pauseOf(answer, attempt, deps);
    if (pause !== undefined) await deps.sleep(pause);
    if (lost && (await isAsWanted(change, deps))) return;
    if (pause === undefined) throw answer ? failureOf(answer) : noAnswer(fault);
  }
}

/** No answer, or one of API Gateway's own when it has waited for the function long enough. */
const mayHaveBeenDone = (answer: Answer | undefined): boolean =>
  answer === undefined || [500, 502, 503, 504].includes(answer.status);

function write(change: Change, api: Api): Promise<Answer> {
  const version = change.before?.version ?? 0;
  if (change.of === 'rule') {
    const { before, after } = change;
    if (after) return api(setRuleRoute, { body: { ...ruleAnswer(after), version } });
    return api(removeRuleRoute, { query: { ...keyOf(before), version: String(version) } });
  }
  const { before, after } = change;
  if (after) return api(setRulerRoute, { body: { ...after, version } });
  return api(dismissRulerRoute, { query: { email: before.email, version: String(version) } });
}

/** Whether what is there now is what the change wants. */
async function isAsWanted(change: Change, deps: ClientDeps): Promise<boolean> {
  const { of, before, after } = change;
  if (of === 'rule') {
    const now = await readRule(deps, before ?? after);
    return after ? now !== undefined && sameMeaning(now, after) : now === undefined;
  }
  const now = await readRuler(deps, (before ?? after).email);
  return after ? now !== undefined && sameScope(now, after) : now === undefined;
}
