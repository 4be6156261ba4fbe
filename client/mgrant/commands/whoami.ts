import type { Command } from 'commander';
import { describeAccess, describeScope } from '../describe-access';
import { examples } from '../examples';
import { type Context, openSession } from '../session';
import { distance, moment } from '../times';

export function addWhoami(program: Command, context: Context): void {
  program
    .command('whoami')
    .summary('who you are, and which databases the rules open to you')
    .description('Says who you are, how long your token works, and which databases the rules open to you.')
    .addHelpText('after', examples('mgrant whoami', 'mgrant whoami --json'))
    .action(async (_options: object, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      const me = await session.wait('Asking who you are', () => client.me());
      const { bold } = session.paint.out;
      session.show(me, () => {
        const kind = me.admin ? ', an admin' : me.ruler ? ', a ruler' : '';
        return [
          `You are ${bold(me.email)}${kind}.`,
          `Your token works until ${moment(me.expires)} (${distance(me.expires, session.io.now())}).\n`,
          ...(me.scope ? [`${describeScope(me.scope)}\n`] : []),
          describeAccess(me, session.paint.out),
        ].join('\n');
      });
    });
}
