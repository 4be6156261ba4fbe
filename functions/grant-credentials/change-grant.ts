import { faultOf } from '../../shared/aws/fault-of';
import { ApiError, HostRefused, HostUnreachable } from '../../shared/contract/errors';
import { endGrant } from '../../shared/grants/end-grant';
import { tagOf } from '../../shared/grants/tag-of';
import type { Owner } from '../../shared/mongo/mongo-users';
import { ruleName } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import { extendGrant, settleAddresses, withdrawChange } from '../../shared/store/grants/changing';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { newPassword } from '../../shared/tokens/tokens';
import { type Allowed, type GrantDeps, revokedMeanwhile } from './allowed-wish';
import { requireArrived, requireSteady } from './one-change';

/**
 * Gives a grant in force a new end and, unless it is only renewed, a new password: the row first, then the user, one change at a time. It
 * never creates a user: a user that is gone was revoked.
 */
export async function changeGrant(
  deps: GrantDeps,
  allowed: Allowed,
  { existing, what }: { existing: ActiveGrant; what: 'new password' | 'renew' },
): Promise<{ grant: ActiveGrant; password: string }> {
  const password = newPassword();
  const { host, decision, call } = allowed;
  const now = seconds(call.now);
  const moving = existing.cidrs?.join() !== decision.cidrs.join();
  if (moving) requireSteady(existing, now);
  const look = () => deps.users.owner(host, { user: existing.username, db: existing.usersDb });
  // Waits for the look only if another change may be under way. Otherwise it looks at the same time as it writes.
  const looked = existing.changingUntil > now ? look() : undefined;
  if (looked) requireArrived(existing, await looked, now);
  const act = what === 'renew' ? 'renewed' : 'granted';
  const begun = await begin(deps, allowed, { existing, act, moving, look: () => looked ?? look() });
  await requireOurs(deps, allowed, begun);
  await send(deps, allowed, { ...begun, moving, ...(what === 'new password' && { password }) });
  return { grant: begun.grant, password };
}

/** The change of a row, and the look at the owner of its user. */
interface Beginning {
  existing: ActiveGrant;
  act: 'granted' | 'renewed';
  moving: boolean;
  look: () => Promise<Owner>;
}

/** The row after and before this change began, and the owner of its user meanwhile. */
interface Begun {
  grant: ActiveGrant;
  existing: ActiveGrant;
  owner: PromiseSettledResult<Owner>;
}

/** Writes the row and looks at the owner of the user at the same time: no command can make the owner a condition of the change. */
async function begin(
  deps: GrantDeps,
  { decision, call }: Allowed,
  { existing, act, moving, look }: Beginning,
): Promise<Begun> {
  const { until: expiresAt } = decision;
  const rule = decision.rule && ruleName(decision.rule);
  const event = { act, email: existing.email, rule, grant: { ...existing, expiresAt } };
  const [extended, noted, owner] = await Promise.allSettled([
    extendGrant(deps.table, existing, { expiresAt, now: seconds(call.now), moving, newPassword: act === 'granted' }),
    call.note(event),
    look(),
  ]);
  if (extended.status === 'rejected') throw extended.reason;
  if (!extended.value)
    throw new ApiError('grant_busy', 'Another request changed this grant just now. Ask again in a moment.', 1);
  const begun = { grant: extended.value, existing, owner };
  if (noted.status === 'fulfilled') return begun;
  await withdraw(deps, begun);
  throw noted.reason;
}

async function requireOurs(deps: GrantDeps, allowed: Allowed, begun: Begun): Promise<void> {
  const { grant, owner } = begun;
  if (owner.status === 'rejected') {
    await withdraw(deps, begun);
    throw owner.reason;
  }
  if (owner.value.state === 'foreign') {
    await withdraw(deps, begun);
    throw new ApiError(
      'user_not_ours',
      'The MongoDB user of this grant no longer carries our mark, so it was left alone. Tell an admin, or use another label.',
    );
  }
  if (owner.value.state === 'missing' || owner.value.grant !== grant.id) await endGone(deps, grant, allowed);
}

async function send(
  deps: GrantDeps,
  allowed: Allowed,
  begun: Begun & { moving: boolean; password?: string },
): Promise<void> {
  const { grant, moving, password } = begun;
  const { cidrs } = allowed.decision;
  const change = {
    tag: tagOf(grant, deps.stackName),
    change: grant.change,
    ...(password !== undefined && { password }),
    ...(moving && { cidrs }),
  };
  const updated = await deps.users
    .update(allowed.host, { user: grant.username, db: grant.usersDb }, change)
    .catch(async (fault: unknown) => {
      const over = fault instanceof HostRefused || (fault instanceof HostUnreachable && !fault.sent);
      if (over) await withdraw(deps, begun);
      throw fault;
    });
  if (updated === 'missing') await endGone(deps, grant, allowed);
  if (moving && !(await settleAddresses(deps.table, grant, cidrs))) throw revokedMeanwhile();
}

/** Withdraws a change that certainly never reached the server, so that nobody waits for it. If this fails too, others wait a minute. */
async function withdraw({ table, log }: GrantDeps, { grant, existing }: Begun): Promise<void> {
  await withdrawChange(table, grant, existing).catch((fault: unknown) =>
    log.warn('change_not_withdrawn', { grant: grant.id, ...faultOf(fault) }),
  );
}

/** Ends a grant whose user is gone, and throws what the person is told. */
async function endGone(deps: GrantDeps, grant: ActiveGrant, { call: { request, now } }: Allowed): Promise<never> {
  await endGrant(deps, grant, { why: 'user_gone', by: grant.email, source: request }, now);
  throw revokedMeanwhile();
}
