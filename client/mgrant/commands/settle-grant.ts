import { grantAnswer } from '../../../shared/http/answers';
import type { EndingGrant } from '../../../shared/store/grants/row';
import { actorOf, useAws, withActor } from '../aws-options';
import type { MgrantCommand } from '../mgrant-command';
import type { Paint } from '../paint';
import { Refused, UsageError } from '../refused';
import { table } from '../table';

export function addSettleGrant(grants: MgrantCommand): void {
  withActor(grants.command('settle [id]'))
    .summary('for admins: decide about logins that are not where they were made')
    .description(
      'Lists the logins that wait for a decision: each was to end, its user is not on the server to which its host leads now, and that server is not, or not surely, the one on which it was made. With an id and --gone, ends one on your word that its user is gone wherever it was made. An id that begins with a dash comes last, behind two dashes: mgrant grants settle --gone -- ID.',
    )
    .option('--gone', 'its user is gone: you have looked on the server on which it was made')
    .examples('mgrant grants settle', 'mgrant grants settle uR3nq0pXk2bW7s1Z --gone')
    .does(async (session, id: string | undefined, { gone }: { gone?: boolean }) => {
      if (id !== undefined && !gone)
        throw new UsageError('Look for its user on the server on which it was made, then say --gone.');
      const by = await actorOf(session);
      if (id === undefined) {
        const waiting = await session.wait('Reading the grants', () =>
          useAws(session, ({ grants }) => grants.unsettled()),
        );
        const shown = waiting.map((grant) => ({ id: grant.id, ...grantAnswer(grant), waitsFor: grant.waitsFor }));
        session.show({ grants: shown }, () => unsettledTable(waiting, session.paint.out));
        return;
      }
      const settled = await session.wait('Settling', () => useAws(session, ({ grants }) => grants.settle(id), by));
      if (settled.state === 'refused') throw new Refused(settled.reason, settled.detail);
      const { username, host } = settled.grant;
      session.show(settled, () => `Settled: ${username} on ${host} counts as ended, on your word.\n`);
    });
}

function unsettledTable(grants: readonly EndingGrant[], paint: Paint): string {
  const rows = grants.map(({ id, email, host, usersDb, username, waitsFor }) => [
    ...[id, email, host, usersDb, username],
    waitsFor === 'other_deployment' ? 'made on another server' : 'nobody knows where it was made',
  ]);
  return table(['ID', 'EMAIL', 'HOST', 'DATABASE', 'USER', 'WHY'], rows, paint) || 'None waits for a decision.\n';
}
