import { ApiError } from '../../shared/contract/errors';
import type { Owner } from '../../shared/mongo/mongo-users';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { lease } from '../../shared/store/lease';

/** Seconds in which a request has its answer, or gives up. */
const requestTime = 10;

/**
 * Refuses a change beside another one, which may not have arrived: the server alone decides which of two it hears last, and both were
 * handed out. A row without a number was last changed by a release that did not count.
 */
export function requireArrived({ id, change, changingUntil, cidrs }: ActiveGrant, owner: Owner, now: number): void {
  // What became of the user is told by the change itself.
  if (owner.state !== 'tagged' || owner.grant !== id) return;
  // Its addresses are open until the row says them again.
  if ((owner.change ?? 0) !== change || cidrs === undefined) throw busy(changingUntil, now);
}

/** Refuses to move the addresses while a repair may be moving them back. */
export function requireSteady({ repairUntil = 0 }: ActiveGrant, now: number): void {
  if (repairUntil > now) throw busy(repairUntil, now);
}

/** Whoever began has an answer soon, or never: then their command may arrive until the end of the lease. */
function busy(until: number, now: number): ApiError {
  const left = until - now;
  if (lease - left < requestTime)
    return new ApiError('grant_busy', 'Another request is changing this login just now. Ask again in a moment.', 2);
  const detail = `Another request began to change this login, and what came of it is not known yet. Nothing is lost: ask again in ${left} s, or use another label.`;
  return new ApiError('grant_busy', detail, left);
}
