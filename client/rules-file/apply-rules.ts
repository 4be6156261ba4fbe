import { together } from '../../shared/async/together';
import type { ClientDeps } from '../sdk/api/ask-api';
import { isMongograntError, type MongograntError } from '../sdk/mongogrant-error';
import { carryOut } from './carry-out';
import type { Change } from './changes';
import type { Plan } from './plan-rules';

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
