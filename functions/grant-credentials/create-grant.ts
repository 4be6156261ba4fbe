import { together } from '../../shared/async/together';
import { ApiError, HostUnreachable } from '../../shared/contract/errors';
import { usernameOf } from '../../shared/contract/names';
import { endGrant } from '../../shared/grants/end-grant';
import { tagOf } from '../../shared/grants/tag-of';
import type { Call } from '../../shared/http/call';
import type { NewUser } from '../../shared/mongo/mongo-users';
import { ruleName } from '../../shared/policy/policy';
import { day, seconds } from '../../shared/policy/time';
import type { Event } from '../../shared/store/audit';
import { beginEnd, finishEnd } from '../../shared/store/grants/ending';
import { activateGrant, noteUnanswered, planGrant, renameGrant } from '../../shared/store/grants/making';
import { readGrantsOf } from '../../shared/store/grants/reads';
import type { ActiveGrant, EndedGrant, PendingGrant } from '../../shared/store/grants/row';
import type { GrantRows } from '../../shared/store/grants/rows';
import { counts, firstPassword } from '../../shared/store/grants/states';
import { lease } from '../../shared/store/lease';
import { newId, newPassword, shortHash } from '../../shared/tokens/tokens';
import { type Allowed, type GrantDeps, revokedMeanwhile } from './allowed-wish';

/** Makes a MongoDB user: writes its row, creates the user, then marks the row as in force. `before` is the ended grant with this key. */
export async function createGrant(
  deps: GrantDeps,
  allowed: Allowed,
  before: EndedGrant | undefined,
): Promise<{ grant: ActiveGrant; password: string }> {
  const { table, settings } = deps;
  const { call } = allowed;
  const { request, now } = call;
  // The grant before this one has ended by now, though it may have been read as alive.
  const grants = allowed.rows.grants.filter((grant) => grant !== allowed.existing);
  const others = { ...allowed.rows, grants };
  const most = settings.liveGrantsPerPersonAndHost;
  if (livingIn(others) >= most) throw tooMany(others, most, seconds(now));
  const planned = plan(allowed, before);
  const [first] = await together([planGrant(table, planned, before), call.note(granted(allowed, planned))]);
  if (!first)
    throw new ApiError('grant_busy', 'Another request for this grant is under way. Ask again in a moment.', 1);
  const password = newPassword();
  // Requests for other labels may run at the same time. Each writes its row before it counts, so that together they can't pass the limit.
  const [created, all, madeOn] = await Promise.allSettled([
    createUser(deps, allowed, { planned, password }),
    readGrantsOf(table, planned.email, planned.host),
    deps.users.identify(allowed.host),
  ]);
  if (created.status === 'rejected') {
    await undo(deps, call, { planned, fault: created.reason });
    throw created.reason;
  }
  const within = all.status === 'fulfilled' && livingIn(all.value) <= most;
  const here = madeOn.status === 'fulfilled' ? madeOn.value : undefined;
  const active = within ? await activateGrant(table, created.value, here) : undefined;
  if (active) return { grant: active, password };
  const why = within ? 'revoked' : 'not_made';
  await endGrant(deps, created.value, { why, by: planned.email, source: request, answered: true }, now);
  if (all.status === 'rejected') throw all.reason;
  throw within ? revokedMeanwhile() : tooMany(all.value, most, seconds(now));
}

/** Takes the usual name, unless a change of its last user may still be under way: that must not hit the user of another grant. */
function plan({ wish, decision, host, call }: Allowed, before: EndedGrant | undefined): PendingGrant {
  const { email, db, role, label } = wish;
  const moment = seconds(call.now);
  const id = newId();
  const changingUntil = before?.changingUntil ?? 0;
  return {
    id,
    email,
    host: host.name,
    db,
    role,
    label,
    username: changingUntil > moment ? usernameOf(wish, shortHash(id)) : usernameOf(wish),
    usersDb: host.secret.usersDb ?? db,
    state: 'pending',
    version: 1,
    issuedAt: moment,
    expiresAt: decision.until,
    creatingUntil: moment + lease,
    changingUntil,
    cidrs: decision.cidrs,
    ...firstPassword(before, moment),
  };
}

/** Creates the user under the planned name, or under another one if the planned name is taken. */
async function createUser(
  deps: GrantDeps,
  { host }: Allowed,
  { planned, password }: { planned: PendingGrant; password: string },
): Promise<PendingGrant> {
  const { users, stackName, table } = deps;
  if ((await users.create(host, newUser(planned, password, stackName))) === 'created') return planned;
  const renamed = await renameGrant(table, planned, usernameOf(planned, shortHash(planned.id)));
  if (!renamed) throw revokedMeanwhile();
  if ((await users.create(host, newUser(renamed, password, stackName))) === 'created') return renamed;
  throw new ApiError(
    'user_not_ours',
    `A MongoDB user ${renamed.username} exists already and is not ours. Use another label, or ask an admin to look.`,
  );
}

function newUser(grant: PendingGrant, password: string, stackName: string): NewUser {
  const { username: user, usersDb: db, cidrs = [], role } = grant;
  return { user, db, password, roles: [{ role, db: grant.db }], tag: tagOf(grant, stackName), cidrs };
}

/** Closes the row of a grant whose user could not be made, unless the command may still arrive. */
async function undo(
  deps: GrantDeps,
  { request, now }: Call,
  { planned, fault }: { planned: PendingGrant; fault: unknown },
): Promise<void> {
  const cause = { why: 'not_made', by: planned.email, answered: true } as const;
  const unreachable = fault instanceof HostUnreachable;
  // The command may still arrive, so the row stays until it can't.
  if (unreachable && fault.sent) {
    await noteUnanswered(deps.table, planned, seconds(now));
    return;
  }
  const certainlyNotMade = fault instanceof ApiError || unreachable;
  if (!certainlyNotMade) {
    await endGrant(deps, planned, { ...cause, source: request }, now);
    return;
  }
  const begun = await beginEnd(deps.table, planned, { ...cause, now: seconds(now) });
  if (begun.state === 'begun') await finishEnd(deps.table, begun.grant, { now: seconds(now) });
}

function granted({ decision }: Allowed, grant: PendingGrant): Event {
  return { act: 'granted', email: grant.email, rule: decision.rule && ruleName(decision.rule), grant };
}

/** A row that can't be read counts, because its grant may be alive. */
const livingIn = ({ grants, unreadable }: GrantRows): number => grants.filter(counts).length + unreadable.length;

function tooMany({ grants }: GrantRows, most: number, now: number): ApiError {
  const soonest = Math.min(now + day, ...grants.filter(counts).map((grant) => grant.expiresAt));
  return new ApiError(
    'too_many_grants',
    `You hold ${most} grants on this host, the most that one person may. Revoke one that you no longer need.`,
    Math.max(60, soonest - now),
  );
}
