import { describeAccess, describeScope } from '../describe-access';
import type { MgrantCommand } from '../mgrant-command';
import { until } from '../times';

export function addWhoami(program: MgrantCommand): void {
  program
    .command('whoami')
    .summary('who you are, and which databases the rules open to you')
    .description('Says who you are, how long your token works, and which databases the rules open to you.')
    .examples('mgrant whoami', 'mgrant whoami --json')
    .does(async (session) => {
      const me = await session.ask('Asking who you are', (client) => client.me());
      const { bold } = session.paint.out;
      session.show(me, () => {
        const kind = me.admin ? ', an admin' : me.ruler ? ', a ruler' : '';
        return [
          `You are ${bold(me.email)}${kind}.`,
          `Your token works ${until(me.expires, session.now())}.\n`,
          ...(me.scope ? [`${describeScope(me.scope)}\n`] : []),
          describeAccess(me, session.paint.out),
        ].join('\n');
      });
    });
}
