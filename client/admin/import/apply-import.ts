import { sideBySide } from '../../../shared/async/side-by-side';
import { HostUnreachable } from '../../../shared/contract/errors';
import { reasonOf } from '../../../shared/grants/reason-of';
import { type Applied, applyRules } from '../../rules-file/apply-rules';
import type { ClientDeps } from '../../sdk/api/ask-api';
import type { Actor } from '../hosts/host-registry';
import { type AdoptDeps, type Adopted, adoptUser } from './adopt-user';
import { hostsAtOnce, type ImportPlan, type PlannedAdoption } from './import-plan';
import type { Left } from './parse-python';
import { leftGrant } from './plan-logins';

export interface ApplyImportDeps extends ClientDeps, AdoptDeps {
  /** Milliseconds since 1970, as time goes on. */
  clock(): number;
  /** Called after each change and each login. */
  onProgress?(done: number, total: number): void;
  /** Once it is aborted, what is under way is finished, and nothing new is begun. */
  stop?: AbortSignal;
}

/** What became of a plan. */
export interface Imported {
  /** Whether all of the plan is done. */
  complete: boolean;
  rules: Applied;
  adopted: number;
  /** Logins that were already mongogrant's when their turn came. */
  ours: number;
  /** Logins of the plan that were not adopted, and why. */
  left: Left[];
  /** Logins whose turn never came. */
  notReached: number;
}

/** Logins of one host that are adopted at once. */
const perHost = 8;

/**
 * Writes the rules and rulers, then adopts the logins, on all hosts side by side. A host that does not answer holds up no other. It may be
 * cut off at any point, and run beside another one: a new plan, applied, finishes the job.
 */
export async function applyImport(plan: ImportPlan, deps: ApplyImportDeps, actor: Actor): Promise<Imported> {
  const total = plan.rules.changes.length + plan.adoptions.length;
  const { onProgress, stop } = deps;
  const rules = await applyRules(plan.rules, {
    ...deps,
    ...(onProgress && { onProgress: (done) => onProgress(done, total) }),
  });
  const result: Imported = { complete: false, rules, adopted: 0, ours: 0, left: [], notReached: 0 };
  // Without its rule a login would end with the next change that touches it.
  if (!rules.complete) return { ...result, notReached: plan.adoptions.length };
  let fault: { fault: unknown } | undefined;
  let done = rules.done.length;
  const hosts = [...new Set(plan.adoptions.map(({ host }) => host.name))];
  await sideBySide(hostsAtOnce, hosts, async (host) => {
    let silent = false;
    const adoptions = plan.adoptions.filter((adoption) => adoption.host.name === host);
    await sideBySide(perHost, adoptions, async (adoption) => {
      if (stop?.aborted || fault || silent) {
        result.notReached += 1;
        return;
      }
      try {
        const outcome = await adopt(adoption, deps, actor);
        silent ||= outcome.silent ?? false;
        if (outcome.state === 'left') result.left.push(leftGrant(adoption.grant, outcome));
        else result[outcome.state] += 1;
        done += 1;
        onProgress?.(done, total);
      } catch (error) {
        // Others may be under way: they finish first.
        fault ??= { fault: error };
      }
    });
  });
  if (fault) throw fault.fault;
  return { ...result, complete: result.left.length === 0 && result.notReached === 0 };
}

/** Adopts one login. Returns a fault of its host as an answer; `silent` is one that does not answer at all. */
async function adopt(
  adoption: PlannedAdoption,
  deps: ApplyImportDeps,
  actor: Actor,
): Promise<Adopted & { silent?: boolean }> {
  try {
    return await adoptUser(deps, adoption, { ...actor, now: new Date(deps.clock()) });
  } catch (fault) {
    const reason = reasonOf(fault);
    if (reason === 'internal') throw fault;
    const silent = fault instanceof HostUnreachable;
    const { name } = adoption.host;
    const detail = silent
      ? `${name} did not answer. Import again when it does.`
      : `${name} refused: mongogrant's login there may lack a privilege.`;
    return { state: 'left', reason, detail, silent };
  }
}
