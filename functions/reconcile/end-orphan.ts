import { isEmail } from '../../shared/contract/names';
import { reasonOf } from '../../shared/grants/reason-of';
import { lockAndDrop, wasGone } from '../../shared/grants/remove-user';
import type { TaggedUser } from '../../shared/mongo/tagged-user';
import { seconds } from '../../shared/policy/time';
import { type Event, writeEvent } from '../../shared/store/audit';
import { readGrant, readGrantsOf } from '../../shared/store/grants/reads';
import type { Grant } from '../../shared/store/grants/row';
import type { GrantRows } from '../../shared/store/grants/rows';
import type { Table } from '../../shared/store/table';
import { type Comparison, isUserOf } from './compare';
import { type Act, by, left, type Outcome, type ReconcileDeps } from './reconcile-deps';

/**
 * Ends a user without a live grant, like a grant's user. Its name is safe: nobody can take it while the user is there, and only this run
 * drops users on this host. But no row reserves the name while a command may still arrive, so in that case the user stays until the next
 * run.
 */
export async function endOrphan(
  deps: ReconcileDeps,
  { user }: Comparison['orphans'][number],
  { host, source }: Act,
): Promise<Outcome> {
  const now = new Date(deps.clock());
  const { email } = user.tag;
  const about = { email: typeof email === 'string' && isEmail(email) ? email : by, by, host: host.name };
  const note = (event: Pick<Event, 'act' | 'reason' | 'proof'>) =>
    writeEvent(deps.table, { ...event, ...about, user: { user: user.user, db: user.db } }, source, now);
  // Noted before the act, so that a crash after it leaves a word in the audit log.
  await note({ act: 'orphan_found' });
  const removed = await lockAndDrop(deps, host, {
    doomed: { user: user.user, db: user.db, roles: user.roles, grant: user.tag.grant },
    at: seconds(now),
    ifLate: 'stop',
  }).catch(async (fault: unknown) => {
    await note({ act: 'orphan_pending', reason: reasonOf(fault) });
    throw fault;
  });
  if (removed.state === 'foreign' || removed.state === 'known') {
    const reason = removed.state === 'known' ? removed.reason : 'user_not_ours';
    await note({ act: 'orphan_pending', reason });
    return left(reason);
  }
  if (removed.state === 'removed' && removed.proof.notAsked.length > 0) {
    const { proof } = removed;
    deps.log.error('proof_incomplete', { user: user.user, host: host.name, notAsked: proof.notAsked });
    await note({ act: 'orphan_pending', reason: 'member_not_asked', proof });
    return left('member_not_asked');
  }
  await note({ act: 'orphan_ended', proof: removed.state === 'removed' ? removed.proof : wasGone(seconds(now)) });
  return { state: 'done' };
}

/**
 * Whether a user is an orphan, and if not, why. An orphan stays one: a row is written before its user, so none can follow. This reads the
 * table itself, for all hosts: the index may lag, and one server may have two names.
 */
export async function judgeOrphan(
  { table }: Pick<ReconcileDeps, 'table'>,
  { user, grant }: Comparison['orphans'][number],
  host: string,
): Promise<'orphan' | 'has_grant' | 'of_another_host' | 'row_unreadable'> {
  const rows = grant ? await readRowAt(table, grant) : await readRowsNamed(table, user);
  // Nobody knows what the row says, so its user stays.
  if (rows.unreadable.length > 0) return 'row_unreadable';
  const [row] = rows.grants;
  if (!row || row.state === 'ended' || !isUserOf(user, row)) return 'orphan';
  return row.host === host ? 'has_grant' : 'of_another_host';
}

async function readRowAt(table: Table, grant: Grant): Promise<GrantRows> {
  const row = await readGrant(table, grant);
  return { grants: row ? [row] : [], unreadable: [] };
}

async function readRowsNamed(table: Table, { tag }: TaggedUser): Promise<GrantRows> {
  if (typeof tag.email !== 'string' || !isEmail(tag.email)) return { grants: [], unreadable: [] };
  const { grants, unreadable } = await readGrantsOf(table, tag.email);
  return {
    grants: grants.filter(({ id }) => id === tag.grant),
    unreadable: unreadable.filter(({ id = tag.grant }) => id === tag.grant),
  };
}
