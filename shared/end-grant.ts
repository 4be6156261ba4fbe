import { ApiError, hostProblem } from './errors';
import { faultOf, type Log } from './log';
import type { MongoUsers } from './mongo-users';
import type { Secrets } from './secrets';
import { type Event, type Source, writeEvent } from './store/audit';
import { beginEnd, finishEnd, type Grant, pauseEnd } from './store/grants';
import type { Table } from './store/table';
import { seconds } from './time';

export interface EndDeps {
  table: Table;
  secrets: Pick<Secrets, 'host'>;
  users: MongoUsers;
  log: Log;
}

/** Why a grant ends, by whom, and in which request. */
export interface Cause {
  why: 'revoked' | 'expired' | 'cut_off' | 'not_made' | 'overtaken' | 'user_gone';
  by: string;
  source: Source;
}

/** `pending`: the host did not answer, or another request is still ending the grant or creating its user. */
export type End = { grant: Grant; state: 'ended' } | { grant: Grant; state: 'pending'; reason: string };

/**
 * Ends a grant: first its row says so, then its user loses its roles, its sessions and its name, then the row is closed.
 * Every step may be repeated; a user that is gone already is done.
 */
export async function endGrant(deps: EndDeps, grant: Grant, cause: Cause, now: Date): Promise<End> {
  const { table } = deps;
  const { why, by, source } = cause;
  const note = (event: Pick<Event, 'act' | 'reason'>) =>
    writeEvent(table, { ...event, email: grant.email, by, why, grant }, source, now);
  const over = (state: 'ended' | 'ending') => ({ ...grant, state });
  const [ending] = await Promise.all([beginEnd(table, grant, seconds(now)), note({ act: 'ending' })]);
  if (ending === 'ended') return { grant: over('ended'), state: 'ended' };
  if (ending === 'being ended') return { grant: over('ending'), state: 'pending', reason: 'grant_busy' };
  const reason = (await removeUser(deps, ending)) ?? (ending.creatingUntil > seconds(now) ? 'grant_busy' : undefined);
  if (reason) {
    await Promise.all([pauseEnd(table, ending, seconds(now)), note({ act: 'end_pending', reason })]);
    return { grant: over('ending'), state: 'pending', reason };
  }
  await Promise.all([finishEnd(table, ending, seconds(now)), note({ act: 'ended' })]);
  return { grant: { ...ending, state: 'ended' }, state: 'ended' };
}

/** Why the user could not be removed; nothing if it is gone. */
async function removeUser(deps: EndDeps, grant: Grant): Promise<string | undefined> {
  try {
    return await lockAndDrop(deps, grant);
  } catch (fault) {
    deps.log.error('end_failed', { grant: grant.id, host: grant.host, ...faultOf(fault) });
    const problem = hostProblem(fault);
    return problem instanceof ApiError ? problem.code : 'internal';
  }
}

/** Roles first, so that nothing new starts; then what runs; then the user, whatever became of the steps before. */
async function lockAndDrop({ secrets, users, log }: EndDeps, grant: Grant): Promise<string | undefined> {
  const secret = await secrets.host(grant.host);
  if (!secret) return 'host_unknown';
  const host = { name: grant.host, secret };
  const name = { user: grant.username, db: grant.usersDb };
  const owner = await users.owner(host, name);
  // A user with another grant's tag took the name after ours was gone; one without a tag may be ours no longer, or never was.
  if (owner === 'foreign') return 'user_not_ours';
  if (owner?.grant !== grant.id) return undefined;
  const left = (step: string) => (fault: unknown) =>
    log.warn('step_left_out', { step, grant: grant.id, ...faultOf(fault) });
  await users.revokeRoles(host, name, [{ role: grant.role, db: grant.db }]).catch(left('revokeRoles'));
  await users.killSessions(host, name).catch(left('killSessions'));
  await users.drop(host, name);
  return undefined;
}
