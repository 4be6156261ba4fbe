import { isEmail } from '../../shared/contract/names';
import { reasonOf } from '../../shared/grants/reason-of';
import { lockAndDrop, wasGone } from '../../shared/grants/remove-user';
import type { TaggedUser } from '../../shared/mongo/tagged-users';
import { seconds } from '../../shared/policy/time';
import { type Event, writeEvent } from '../../shared/store/audit';
import { readGrant, readGrantsOf } from '../../shared/store/grants/reads';
import type { Grant } from '../../shared/store/grants/row';
import type { GrantRows } from '../../shared/store/grants/rows';
import type { Table } from '../../shared/store/table';
import { type Comparison, isUserOf } from './compare';
import { type Act, by, left, type Outcome, type ReconcileDeps } from './reconcile-deps';

/**
 * Ends a user for whom no grant lives, as a grant's user is ended. Its name can't be taken while it is there, and nobody else drops it: a
 * host belongs to one run alone. There is no row that could keep the name from the next grant while a command may still arrive, so then
 * the user stays until the next run.
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
  // Before the act: a crash after it must not leave the audit log without a word.
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
 * Whether a user is an orphan, and if not, why. One that is stays one: a row is older than its user, so none can come later.
 * The index may not know the row yet, and one server may be registered under two names: hence a read of the table itself, of all hosts.
 */
export async function judgeOrphan(
  { table }: Pick<ReconcileDeps, 'table'>,
  { user, grant }: Comparison['orphans'][number],
  host: string,
): Promise<'orphan' | 'has_grant' | 'of_another_host' | 'row_unreadable'> {
  const rows = grant ? await readRowAt(table, grant) : await readRowsNamed(table, user);
  // Nobody can tell what it says, so its user stays.
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
