import { endGrant } from '../../shared/end-grant';
import { ApiError } from '../../shared/errors';
import { ruleName } from '../../shared/policy';
import { writeEvent } from '../../shared/store/audit';
import { extendGrant, type Grant, settleAddresses } from '../../shared/store/grants';
import { tagOf } from '../../shared/tag-of';
import { seconds } from '../../shared/time';
import { newPassword } from '../../shared/tokens';
import { type Allowed, failed, type GrantDeps, revokedMeanwhile } from './allowed-wish';

/** A grant in force gets another end and, unless it is only renewed, another password. It never creates a user: one that is gone was revoked. */
export async function changeGrant(
  deps: GrantDeps,
  allowed: Allowed,
  existing: Grant,
  what: 'new password' | 'renew',
): Promise<{ grant: Grant; password: string }> {
  const password = newPassword();
  const { host, decision, now } = allowed;
  const moving = existing.cidrs?.join() !== decision.cidrs.join();
  try {
    if (moving) refuseWhileMoving(existing, seconds(now));
    const grant = await extend(deps, allowed, existing, { act: what === 'renew' ? 'renewed' : 'granted', moving });
    const change = {
      tag: tagOf(grant, deps.stackName),
      ...(what === 'new password' && { password }),
      ...(moving && { cidrs: decision.cidrs }),
    };
    const updated = await deps.users.update(host, { user: grant.username, db: grant.usersDb }, change);
    if (updated === 'missing') throw await gone(deps, grant, allowed, 'user_gone');
    // Somebody else changed the row since: which of the two the server heard last is not known.
    if (moving && !(await settleAddresses(deps.table, grant, decision.cidrs)))
      throw await gone(deps, grant, allowed, 'overtaken');
    return { grant, password };
  } catch (fault) {
    throw await failed(deps, allowed, fault);
  }
}

function refuseWhileMoving({ cidrs, changingUntil, repairUntil = 0 }: Grant, now: number): void {
  const until = cidrs ? repairUntil : changingUntil;
  if (until <= now) return;
  throw new ApiError(
    'grant_busy',
    'Another request is changing where this login may come from. Ask again in a moment.',
    until - now,
  );
}

/** The row first; beside it a look at whose the user is, as no command can make that a condition of the change. */
async function extend(
  deps: GrantDeps,
  allowed: Allowed,
  existing: Grant,
  { act, moving }: { act: 'granted' | 'renewed'; moving: boolean },
): Promise<Grant> {
  const { table, users } = deps;
  const { decision, host, request, now } = allowed;
  const rule = decision.rule && ruleName(decision.rule);
  const [grant, owner] = await Promise.all([
    extendGrant(table, existing, { expiresAt: decision.until, now: seconds(now), moving }),
    users.owner(host, { user: existing.username, db: existing.usersDb }),
    writeEvent(
      table,
      { act, email: existing.email, rule, grant: { ...existing, expiresAt: decision.until } },
      request,
      now,
    ),
  ]);
  if (!grant)
    throw new ApiError('grant_busy', 'Another request changed this grant just now. Ask again in a moment.', 1);
  if (owner === 'foreign')
    throw new ApiError(
      'user_not_ours',
      'The MongoDB user of this grant no longer carries our mark, so it was left alone. Tell an admin, or use another label.',
    );
  if (owner?.grant !== grant.id) throw await gone(deps, grant, allowed, 'user_gone');
  return grant;
}

async function gone(
  deps: GrantDeps,
  grant: Grant,
  { request, now }: Allowed,
  why: 'user_gone' | 'overtaken',
): Promise<ApiError> {
  await endGrant(deps, grant, { why, by: grant.email, source: request }, now);
  return revokedMeanwhile();
}
