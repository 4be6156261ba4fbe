import { duration } from '../../../shared/policy/durations';
import type { AwsTools } from '../../admin/aws/aws-tools';
import { deploymentOf, useAws, withDeployment } from '../aws-options';
import { checked } from '../checked';
import type { Io, Spinner } from '../io';
import type { MgrantCommand } from '../mgrant-command';

/** Denies everybody everything: nobody gets a new login, and all logins end. */
const denyAll = {
  email: '*',
  host: '*',
  db: '*',
  role: 'read',
  which: 'deny',
  note: 'set by mgrant decommission',
} as const;

/** Seconds. A request that came before the rule has finished by then, with a grant or without. */
const settled = 15;
const pause = 5;

export function addDecommission(program: MgrantCommand): void {
  withDeployment(program.command('decommission'))
    .summary('for admins with AWS credentials: end every login, before the deployment is deleted')
    .description(
      'Sets a rule that denies everybody everything, waits until every login has ended, looks on each host that no user is left, and says what remains in AWS and how to delete it. It deletes nothing itself, and can be broken off and run again. Until you delete the deployment, removing that rule opens it again.',
    )
    .option('--wait <duration>', 'how long to wait for the logins to end', '15 m')
    .option('-y, --yes', 'do not ask')
    .examples('mgrant decommission', "mgrant decommission --wait '1 h' --json")
    .does(async (session, { wait }: { wait: string }) => {
      const seconds = checked('--wait', duration(0), wait);
      const settings = deploymentOf(session);
      const client = await session.client();
      const { counts } = await session.wait('Looking who loses what', () => client.setRule(denyAll, { dryRun: true }));
      await session.confirm(`End all logins (${counts.ends} in use), and give nobody a new one?`);
      await session.wait('Denying everybody everything', () => client.setRule(denyAll));
      const left = await session.wait('Ending the logins', (spinner) =>
        useAws(session, async ({ leftovers }) => ({
          ...(await waitForNone(leftovers.grants, seconds, { ...spinner, ...session.io })),
          hosts: await leftovers.users(),
        })),
      );
      const { isLeft, renderLeft } = await import('../../admin/decommission/render-left');
      session.show({ ended: !isLeft(left), ...left }, () => renderLeft(left, settings));
      if (isLeft(left)) session.exitWith(1);
    });
}

async function waitForNone(
  grants: AwsTools['leftovers']['grants'],
  most: number,
  { say, sleep }: Pick<Spinner & Io, 'say' | 'sleep'>,
) {
  await sleep(settled);
  for (let waited = settled; ; waited += pause) {
    const left = await grants();
    if (left.grants.length === 0 || waited >= most) return left;
    say(`${left.grants.length} logins have not ended yet`);
    await sleep(pause);
  }
}
