import { together } from '../../shared/async/together';
import { seconds } from '../../shared/policy/time';
import { writeEvent } from '../../shared/store/audit';
import { markLost as mark, markFound } from '../../shared/store/grants/noting';
import { readGrant } from '../../shared/store/grants/reads';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { judge } from './compare';
import { type Act, by, type Left, left, type Outcome, type ReconcileDeps } from './reconcile-deps';

/**
 * Marks a live grant without a user, so that its owner hears of it at the next use. The mark is written only if the row has not changed
 * since before the server was asked: so nobody made or ended the user meanwhile.
 */
export async function markLost(deps: ReconcileDeps, listed: ActiveGrant, act: Act): Promise<Outcome> {
  const seen = await lookAgain(deps, listed, act);
  if (seen.state !== 'seen') return seen;
  const { grant, owner } = seen;
  if (grant.lostAt !== undefined || owner === 'ours') return { state: 'nothing' };
  const now = new Date(deps.clock());
  const note = (event: 'user_lost' | 'user_found', reason?: string) =>
    writeEvent(deps.table, { act: event, email: grant.email, by, grant, ...(reason && { reason }) }, act.source, now);
  const [marked] = await together([
    mark(deps.table, grant, seconds(now)),
    note('user_lost', owner === 'other' ? 'user_not_ours' : 'user_gone'),
  ]);
  if (marked) return { state: 'done' };
  await note('user_found', 'grant_busy');
  return left('being_changed');
}

/** Removes the mark from a grant whose user is there again, for example from a backup. */
export async function unmarkFound(deps: ReconcileDeps, listed: ActiveGrant, act: Act): Promise<Outcome> {
  const seen = await lookAgain(deps, listed, act);
  if (seen.state !== 'seen') return seen;
  const { grant, owner } = seen;
  if (grant.lostAt === undefined || owner !== 'ours') return { state: 'nothing' };
  const [unmarked] = await together([
    markFound(deps.table, grant),
    writeEvent(deps.table, { act: 'user_found', email: grant.email, by, grant }, act.source, new Date(deps.clock())),
  ]);
  return unmarked ? { state: 'done' } : left('being_changed');
}

/** A grant that may be judged, and who has its user. */
type Seen = { state: 'seen'; grant: ActiveGrant; owner: 'ours' | 'other' | 'nobody' };

/** Reads the grant, then asks the server who has its user. */
async function lookAgain(
  { table, tagged, stackName, clock }: ReconcileDeps,
  listed: ActiveGrant,
  { host }: Act,
): Promise<Seen | Left | { state: 'nothing' }> {
  const row = await readGrant(table, listed);
  if (!row) return { state: 'nothing' };
  const judged = judge(row, seconds(new Date(clock())));
  if (judged.state === 'left') return judged;
  const { grant } = judged;
  const name = { user: grant.username, db: grant.usersDb };
  const { ours, foreign, untagged } = await tagged.look(host, stackName, [name]);
  if (ours.some(({ tag }) => tag.grant === grant.id)) return { state: 'seen', grant, owner: 'ours' };
  return { state: 'seen', grant, owner: ours.length + foreign + untagged > 0 ? 'other' : 'nobody' };
}
