import { together } from '../../shared/async/together';
import { seconds } from '../../shared/policy/time';
import { writeEvent } from '../../shared/store/audit';
import { type Grant, markLost as mark, markFound, readGrant } from '../../shared/store/grants';
import { notToJudge } from './compare';
import { type Act, by, type Outcome, type ReconcileDeps } from './reconcile-deps';

/**
 * Marks a live grant whose user is not there, so that its owner hears of it with the next use. The row is read before the server is
 * asked, and the mark says that it has not changed since: nobody made or ended the user meanwhile.
 */
export async function markLost(deps: ReconcileDeps, listed: Grant, act: Act): Promise<Outcome> {
  const { grant, left, owner } = await lookAgain(deps, listed, act);
  if (!grant) return left ? { left } : 'nothing';
  if (grant.lostAt !== undefined || owner === 'ours') return 'nothing';
  const now = new Date(deps.clock());
  const note = (event: 'user_lost' | 'user_found', reason?: string) =>
    writeEvent(deps.table, { act: event, email: grant.email, by, grant, ...(reason && { reason }) }, act.source, now);
  const [marked] = await together([
    mark(deps.table, grant, seconds(now)),
    note('user_lost', owner === 'other' ? 'user_not_ours' : 'user_gone'),
  ]);
  if (marked) return 'done';
  await note('user_found', 'grant_busy');
  return { left: 'being_changed' };
}

/** Takes the mark away from a grant whose user is there again, restored from a backup, say. */
export async function unmarkFound(deps: ReconcileDeps, listed: Grant, act: Act): Promise<Outcome> {
  const { grant, left, owner } = await lookAgain(deps, listed, act);
  if (!grant) return left ? { left } : 'nothing';
  if (grant.lostAt === undefined || owner !== 'ours') return 'nothing';
  const [unmarked] = await together([
    markFound(deps.table, grant),
    writeEvent(deps.table, { act: 'user_found', email: grant.email, by, grant }, act.source, new Date(deps.clock())),
  ]);
  return unmarked ? 'done' : { left: 'being_changed' };
}

/** The grant as it is, then whose its user is now. */
async function lookAgain(
  { table, tagged, stackName, clock }: ReconcileDeps,
  listed: Grant,
  { host }: Act,
): Promise<{ grant?: Grant; left?: string; owner?: 'ours' | 'other' | 'nobody' }> {
  const grant = await readGrant(table, listed);
  if (!grant) return {};
  const left = notToJudge(grant, seconds(new Date(clock())));
  if (left) return { left };
  const name = { user: grant.username, db: grant.usersDb };
  const { ours, foreign, untagged } = await tagged.look(host, stackName, [name]);
  if (ours.some(({ tag }) => tag.grant === grant.id)) return { grant, owner: 'ours' };
  return { grant, owner: ours.length + foreign + untagged > 0 ? 'other' : 'nobody' };
}
