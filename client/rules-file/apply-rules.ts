import { together } from '../../shared/async/together';
import { dismissRulerRoute } from '../../shared/contract/routes/dismiss-ruler';
import { removeRuleRoute } from '../../shared/contract/routes/remove-rule';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';
import { ruleAnswer } from '../../shared/http/answers';
import { keyOf } from '../../shared/policy/policy';
import { type Api, type ClientDeps, pauseOf, sent } from '../sdk/api/ask-api';
import { failureOf } from '../sdk/api/explain-answer';
import { mayPass, noReply } from '../sdk/api/explain-silence';
import { isDone, type Reply } from '../sdk/api/reply';
import { isMongograntError, type MongograntError } from '../sdk/mongogrant-error';
import { type Change, sameMeaning, sameScope } from './changes';
import type { Plan } from './plan-rules';
import { readRule, readRuler } from './service-state';

/** How many requests are under way at once. */
const atOnce = 8;

/** What became of a plan. */
export interface Applied {
  /** Whether all of it is done. */
  complete: boolean;
  done: Change[];
  /** What was not done, or, where a failure says `no_answer`, may have been. */
  left: Change[];
  /** Why it stopped: `rule_changed` or `ruler_changed` if somebody else changed the same thing since the plan was made. */
  failures: { change: Change; code: string; detail: string }[];
}

export interface ApplyDeps extends ClientDeps {
  /** Called after each change. */
  onProgress?(done: number, total: number): void;
  /** Once it is aborted, nothing new is begun. */
  stop?: AbortSignal;
}

/**
 * Makes the changes of a plan, in an order in which nobody gets or loses in between what they should not (see `phases` in
 * changes.ts). Each write names the version that the plan saw, so nothing that somebody else did since is overwritten. Stops at the
 * first failure, once the requests that are under way have come back. A new plan of the same file, applied, finishes the job.
 *
 * @returns what was done and what was not; throws nothing of its own
 * @example
 * const { complete, left, failures } = await applyRules(plan, { api, sleep });
 */
export async function applyRules({ changes }: Pick<Plan, 'changes'>, deps: ApplyDeps): Promise<Applied> {
  const done: Change[] = [];
  const failures: Applied['failures'] = [];
  for (const step of new Set(changes.map((change) => change.step))) {
    const queue = changes.filter((change) => change.step === step).values();
    // All of them take from the same queue.
    const worker = async () => {
      for (const change of queue) {
        if (deps.stop?.aborted) return;
        const failure = await failureIn(change, deps);
        if (failure) failures.push({ change, code: failure.code, detail: failure.message });
        else done.push(change);
        if (!failure) deps.onProgress?.(done.length, changes.length);
        if (failures.length > 0) return;
      }
    };
    await together(Array.from({ length: atOnce }, worker));
    if (failures.length > 0 || deps.stop?.aborted) break;
  }
  const made = new Set(done);
  const left = changes.filter((change) => !made.has(change));
  return { complete: left.length === 0, done, left, failures };
}

async function failureIn(change: Change, deps: ClientDeps): Promise<MongograntError | undefined> {
  try {
    await carryOut(change, deps);
    return undefined;
  } catch (error) {
    if (isMongograntError(error)) return error;
    throw error;
  }
}

/**
 * Makes one change, if the rule or ruler still is as the plan saw it. Repeats the request if the API asks to wait, or if no reply came.
 * A request may have been carried out although its reply got lost: then it reads what is there now. Throws a `MongograntError`.
 */
async function carryOut(change: Change, deps: ClientDeps): Promise<void> {
  let lost = false;
  for (let attempt = 0; ; attempt += 1) {
    const { reply, fault } = await sent(write(change, deps.api));
    if (reply && isDone(reply)) return;
    lost ||= mayHaveBeenDone(reply);
    const pause = mayPass(fault) ? pauseOf(reply, attempt, deps) : undefined;
    if (pause !== undefined) await deps.sleep(pause);
    if (lost && (await isAsWanted(change, deps))) return;
    if (pause === undefined) throw reply ? failureOf(reply) : noReply(fault);
  }
}

/** No reply, or one of API Gateway's own when it has waited for the function long enough. */
const mayHaveBeenDone = (reply: Reply | undefined): boolean =>
  reply === undefined || [500, 502, 503, 504].includes(reply.status);

function write(change: Change, api: Api): Promise<Reply> {
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
