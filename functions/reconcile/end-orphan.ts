import { isEmail } from '../../shared/contract/names';
import { reasonOf } from '../../shared/grants/reason-of';
import { lockAndDrop, wasGone } from '../../shared/grants/remove-user';
import type { TaggedUser } from '../../shared/mongo/tagged-users';
import { seconds } from '../../shared/policy/time';
import { type Event, writeEvent } from '../../shared/store/audit';
import { type Grant, grantsOf, readGrant } from '../../shared/store/grants';
import type { Table } from '../../shared/store/table';
import { type Comparison, isUserOf } from './compare';
import { type Act, by, type Outcome, type ReconcileDeps } from './reconcile-deps';

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
  const removed = await lockAndDrop(
    deps,
    host,
    { user: user.user, db: user.db, roles: user.roles, grant: user.tag.grant },
    seconds(now),
    'stop',
  ).catch(async (fault: unknown) => {
    await note({ act: 'orphan_pending', reason: reasonOf(fault) });
    throw fault;
  });
  const left = removed.state === 'foreign' ? 'user_not_ours' : removed.state === 'known' ? removed.reason : undefined;
  if (left) {
    await note({ act: 'orphan_pending', reason: left });
    return { left };
  }
  if (removed.state === 'removed' && removed.proof.notAsked.length > 0) {
    const { proof } = removed;
    deps.log.error('proof_incomplete', { user: user.user, host: host.name, notAsked: proof.notAsked });
    await note({ act: 'orphan_pending', reason: 'member_not_asked', proof });
    return { left: 'member_not_asked' };
  }
  await note({ act: 'orphan_ended', proof: removed.state === 'removed' ? removed.proof : wasGone(seconds(now)) });
  return 'done';
}

/**
 * Why a user is no orphan after all; none for one that is, which it then stays: a row is older than its user, so none can come later.
 * The index may not know the row yet, and one server may be registered under two names: hence a read of the table itself, of all hosts.
 */
export async function notOrphan(
  { table }: Pick<ReconcileDeps, 'table'>,
  { user, grant }: Comparison['orphans'][number],
  host: string,
): Promise<'has_grant' | 'of_another_host' | 'row_unreadable' | undefined> {
  const row = grant ? await readGrant(table, grant) : await grantNamedBy(table, user);
  // Nobody can tell what it says, so its user stays.
  if (row === 'unreadable') return 'row_unreadable';
  if (!row || row.state === 'ended' || !isUserOf(user, row)) return undefined;
  return row.host === host ? 'has_grant' : 'of_another_host';
}

async function grantNamedBy(table: Table, { tag }: TaggedUser): Promise<Grant | 'unreadable' | undefined> {
  if (typeof tag.email !== 'string' || !isEmail(tag.email)) return undefined;
  const { grants, unreadable } = await grantsOf(table, tag.email);
  if (unreadable.some(({ id = tag.grant }) => id === tag.grant)) return 'unreadable';
  return grants.find(({ id }) => id === tag.grant);
}
