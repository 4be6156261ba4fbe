import { ApiError } from '../../shared/contract/errors';
import type { Owner } from '../../shared/mongo/mongo-users';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { lease } from '../../shared/store/lease';

/** Seconds after which a request has its answer or has given up. */
const requestTime = 10;

/**
 * Refuses a change while another one may not have arrived: both passwords were handed out, and only the server decides which one it sets
 * last. A row without a number was last changed by a release that did not count.
 */
export function requireArrived({ id, change, changingUntil, cidrs }: ActiveGrant, owner: Owner, now: number): void {
  // In these cases the change itself reports what happened to the user.
  if (owner.state !== 'tagged' || owner.grant !== id) return;
  // Nobody knows its addresses until the row names them again.
  if ((owner.change ?? 0) !== change || cidrs === undefined) throw busy(changingUntil, now);
}

/** Refuses to change the addresses while a repair may be changing them back. */
export function requireSteady({ repairUntil = 0 }: ActiveGrant, now: number): void {
  if (repairUntil > now) throw busy(repairUntil, now);
}

/** The other request has its answer soon, or never. If never, its command may still arrive until the lease ends. */
function busy(until: number, now: number): ApiError {
  const left = until - now;
  if (lease - left < requestTime)
    return new ApiError('grant_busy', 'Another request is changing this login just now. Ask again in a moment.', 2);
  const detail = `Another request began to change this login, and what came of it is not known yet. Nothing is lost: ask again in ${left} s, or use another label.`;
  return new ApiError('grant_busy', detail, left);
}
