import { endGrant } from '../../shared/end-grant';
import { ApiError, HostUnreachable } from '../../shared/errors';
import { faultOf } from '../../shared/log';
import type { UserChange } from '../../shared/mongo-users';
import { ruleName } from '../../shared/policy';
import { writeEvent } from '../../shared/store/audit';
import { extendGrant, type Grant } from '../../shared/store/grants';
import { newPassword } from '../../shared/tokens';
import { failed, revokedMeanwhile, tagOf } from './create-grant';
import type { Allowed, GrantDeps } from './grant-credentials';

/** A grant in force gets another end and, unless it is only renewed, another password. It never creates a user: one that is gone was revoked. */
export async function changeGrant(
  deps: GrantDeps,
  allowed: Allowed,
  existing: Grant,
  what: 'new password' | 'renew',
): Promise<{ grant: Grant; password: string }> {
  const password = newPassword();
  try {
    const grant = await extend(deps, allowed, existing, what === 'renew' ? 'renewed' : 'granted');
    const change = {
      tag: tagOf(grant, deps.stackName),
      ...(what === 'new password' && { password }),
      ...moved(existing.cidrs, grant.cidrs),
    };
    const name = { user: grant.username, db: grant.usersDb };
    if ((await deps.users.update(allowed.host, name, change)) === 'missing') throw await gone(deps, grant, allowed);
    return { grant, password };
  } catch (fault) {
    throw await failed(deps, allowed, refusalOf(deps, existing, fault));
  }
}

/** The row first; beside it a look at whose the user is, as no command can make that a condition of the change. */
async function extend(deps: GrantDeps, allowed: Allowed, existing: Grant, act: 'granted' | 'renewed'): Promise<Grant> {
  const { table, users } = deps;
  const { decision, host, request, now } = allowed;
  const rule = decision.rule && ruleName(decision.rule);
  const [grant, owner] = await Promise.all([
    extendGrant(table, existing, { expiresAt: decision.until, cidrs: decision.cidrs }),
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
  if (owner?.grant !== grant.id) throw await gone(deps, grant, allowed);
  return grant;
}

async function gone(deps: GrantDeps, grant: Grant, { request, now }: Allowed): Promise<ApiError> {
  await endGrant(deps, grant, { why: 'user_gone', by: grant.email, source: request }, now);
  return revokedMeanwhile();
}

const moved = (before: string[], after: string[]): UserChange =>
  before.join() === after.join() ? {} : { cidrs: after };

function refusalOf({ log }: GrantDeps, { host, id }: Grant, fault: unknown): ApiError {
  if (fault instanceof ApiError) return fault;
  log.error('change_failed', { host, grant: id, ...faultOf(fault) });
  if (fault instanceof HostUnreachable)
    return new ApiError('host_unreachable', `${host} does not answer. Nothing is lost: ask again in a minute.`, 60);
  return new ApiError(
    'host_refused',
    `${host} refused to change the user. Tell an admin: mongogrant's own login there may lack a privilege.`,
  );
}
