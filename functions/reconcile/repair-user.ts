import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import { HostRefused } from '../../shared/contract/errors';
import { reasonOf } from '../../shared/grants/reason-of';
import { seconds } from '../../shared/policy/time';
import { writeEvent } from '../../shared/store/audit';
import { claimRepair, closeRepair } from '../../shared/store/grants/changing';
import { readGrant } from '../../shared/store/grants/reads';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { judge } from './compare';
import { type Differences, differences, shownDifferences } from './differences';
import { type Act, by, type Left, left, type Outcome, type ReconcileDeps } from './reconcile-deps';

/**
 * Makes a user match its grant. It reads the row, then the user, then claims the row if it has not changed. While the claim lasts nobody
 * else moves the addresses, so a repair never sends anything older than a request did.
 */
export async function repairUser(deps: ReconcileDeps, listed: ActiveGrant, act: Act): Promise<Outcome> {
  const { table, tagged, stackName } = deps;
  const now = new Date(deps.clock());
  const row = await readGrant(table, listed);
  if (!row) return { state: 'nothing' };
  const judged = judge(row, seconds(now));
  if (judged.state === 'left') return judged;
  const { grant } = judged;
  const { ours } = await tagged.look(act.host, stackName, [{ user: grant.username, db: grant.usersDb }]);
  const user = ours.find(({ tag }) => tag.grant === grant.id);
  const found = user && differences(user, grant, stackName);
  if (!user || !found) return { state: 'nothing' };
  const about = { email: grant.email, by, grant, ...shownDifferences(user, found) };
  const [claimed] = await together([
    claimRepair(table, grant, seconds(now)),
    writeEvent(table, { act: 'user_repaired', ...about }, act.source, now),
  ]);
  const fail = async (reason: string): Promise<Outcome> => {
    await writeEvent(table, { act: 'repair_failed', reason, ...about }, act.source, now);
    return left(reason);
  };
  if (!claimed) return fail('being_changed');
  const sent = await send(deps, claimed, { ...found, host: act.host }).catch(async (fault: unknown) => {
    await fail(reasonOf(fault));
    throw fault;
  });
  // If the row has moved on since, the claim ends by itself a minute later.
  await closeRepair(table, claimed);
  return sent.state === 'left' ? fail(sent.reason) : sent;
}

/** Takes away before it gives. It skips a step that the server refuses, and stops when the server does not answer. */
async function send(
  { users, tagged, log }: ReconcileDeps,
  claimed: ActiveGrant,
  { revoke, grant, tag, cidrs, host }: Differences & Pick<Act, 'host'>,
): Promise<{ state: 'done' } | Left> {
  const name = { user: claimed.username, db: claimed.usersDb };
  const steps = [
    revoke.length > 0 && (() => users.revokeRoles(host, name, revoke)),
    cidrs && (() => users.update(host, name, { cidrs })),
    tag && (() => users.update(host, name, { tag, change: claimed.change })),
    grant.length > 0 && (() => tagged.grantRoles(host, name, grant)),
  ];
  let sent: { state: 'done' } | Left = { state: 'done' };
  for (const step of steps) {
    if (!step) continue;
    try {
      const answer = await step();
      if (answer === 'missing') return left('user_gone');
      if (answer === 'not_offered') sent = left('host_refused');
    } catch (fault) {
      if (!(fault instanceof HostRefused)) throw fault;
      log.warn('repair_refused', { grant: claimed.id, host: host.name, ...faultOf(fault) });
      sent = left('host_refused');
    }
  }
  return sent;
}
