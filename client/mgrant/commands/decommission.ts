import type { Command } from 'commander';
import { duration } from '../../../shared/policy/durations';
import { awsSettings } from '../../admin/aws/aws-settings';
import type { AwsTools } from '../../admin/aws/aws-tools';
import { type DeploymentOptions, useAws, withDeployment } from '../aws-options';
import { checked } from '../checked';
import { examples } from '../examples';
import { type Context, openSession, type Session } from '../session';

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

export function addDecommission(program: Command, context: Context): void {
  withDeployment(program.command('decommission'))
    .summary('for admins with AWS credentials: end every login, before the deployment is deleted')
    .description(
      'Sets a rule that denies everybody everything, waits until every login has ended, looks on each host that no user is left, and says what remains in AWS and how to delete it. It deletes nothing itself, and can be broken off and run again. Until you delete the deployment, removing that rule opens it again.',
    )
    .option('--wait <duration>', 'how long to wait for the logins to end', '15 m')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples('mgrant decommission', "mgrant decommission --wait '1 h' --json"))
    .action(async ({ wait, ...options }: DeploymentOptions & { wait: string }, command: Command) => {
      const session = openSession(context, command);
      const seconds = checked('--wait', duration(0), wait);
      const settings = awsSettings(options, session.io.env);
      const client = await session.client();
      const { counts } = await session.wait('Looking who loses what', () => client.setRule(denyAll, { dryRun: true }));
      await session.confirm(`End all logins (${counts.ends} in use), and give nobody a new one?`);
      await session.wait('Denying everybody everything', () => client.setRule(denyAll));
      const left = await session.wait('Ending the logins', (spinner) =>
        useAws(session, options, '', async ({ leftovers }) => ({
          ...(await waitForNone(session, leftovers, seconds, spinner.say)),
          hosts: await leftovers.users(),
        })),
      );
      const { isLeft, renderLeft } = await import('../../admin/decommission/render-left');
      session.show({ ended: !isLeft(left), ...left }, () => renderLeft(left, settings));
      if (isLeft(left)) context.status = 1;
    });
}

async function waitForNone(
  { io }: Session,
  { grants }: AwsTools['leftovers'],
  most: number,
  say: (text: string) => void,
) {
  await io.sleep(settled);
  for (let waited = settled; ; waited += pause) {
    const left = await grants();
    if (left.grants.length === 0 || waited >= most) return left;
    say(`${left.grants.length} logins have not ended yet`);
    await io.sleep(pause);
  }
}
