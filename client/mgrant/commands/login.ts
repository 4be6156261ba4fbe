import * as fields from '../../../shared/contract/fields/access';
import type { Client } from '../../sdk/client';
import { checked } from '../checked';
import { describeAccess } from '../describe-access';
import { refuseGivenToken } from '../given-token';
import type { MgrantCommand } from '../mgrant-command';
import type { Session } from '../session';
import { until } from '../times';

export function addLogin(program: MgrantCommand): void {
  program
    .command('login <email>')
    .summary('log in from this terminal, with a code and a mail')
    .description(
      'Logs you in. You see a code here, and get a mail with a link: open it, and type the code there. Your token is kept in the settings file.',
    )
    .option('--label <label>', 'the name under which the MongoDB logins of this home are kept apart; else one is made')
    .examples('mgrant login you@lab.org --endpoint https://api.lab.org', 'mgrant login you@lab.org --label laptop')
    .does(async (session, address: string, { label }: { label?: string }) => {
      const email = checked('EMAIL', fields.email, address);
      if (label !== undefined) checked('--label', fields.label, label);
      refuseGivenToken(session);
      const client = await session.client();
      const login = await waitForCode(session, client, email);
      if (label !== undefined) await client.setLabel(label);
      // The login works without it, too.
      const me = await client.me().catch(() => undefined);
      session.show(login, () =>
        [
          `You are logged in as ${session.paint.out.bold(login.email)}, ${until(login.expires, session.now())}.\n`,
          me ? describeAccess(me, session.paint.out) : '',
          'Next: mgrant db HOST DB --role readWrite\n',
        ].join('\n'),
      );
    });
}

async function waitForCode(session: Session, client: Client, email: string) {
  let spinner = session.spin('Asking for a link');
  try {
    return await client.login({
      email,
      onCode: (code) => {
        spinner.stop();
        showCode(session, email, code);
        spinner = session.spin('Waiting until you have typed the code there. Ctrl-C gives up.');
      },
    });
  } finally {
    spinner.stop();
  }
}

function showCode({ note, paint: { err } }: Session, email: string, code: string): void {
  note(
    [
      '',
      `    Your code:   ${err.bold(err.inverse(` ${code} `))}`,
      '',
      `    1. Open the mail that mongogrant sends to ${email}.`,
      '    2. Open the link in it, and type this code there. Never give the code to anybody.',
      '',
      err.dim(
        '    No mail after a minute? One link a minute goes to one address: if you asked just before, press Ctrl-C, wait a minute,',
      ),
      err.dim(
        '    and log in again. Else look into the spam folder. Mails go only to addresses that a rule names: ask your admin.',
      ),
      '',
    ].join('\n'),
  );
}
