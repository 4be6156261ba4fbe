import type { Command } from 'commander';
import { readMe } from '../../sdk/calls/me';
import type { Client } from '../../sdk/client';
import { examples } from '../examples';
import { Refused, UsageError } from '../refused';
import { type Context, openSession, type Session } from '../session';
import { distance, moment } from '../times';

export function addSettoken(program: Command, context: Context): void {
  program
    .command('settoken [token]')
    .summary('keep the token that a link showed')
    .description(
      'Checks a token, and keeps it. Without TOKEN it asks for it, or reads it from stdin: arguments can be seen by others on this machine.',
    )
    .addHelpText(
      'after',
      examples('mgrant settoken', 'mgrant settoken < token.txt', 'mgrant settoken --endpoint https://api.lab.org'),
    )
    .action(async (argument: string | undefined, _options: object, command: Command) => {
      const session = openSession(context, command);
      const client = await session.client();
      const endpoint = session.endpoint ?? (await waitingEndpoint(client));
      const token = (argument ?? (await typedToken(session))).trim();
      if (token === '') throw new UsageError('TOKEN: is empty');
      const api = await session.api({ endpoint, token });
      const { email, expires } = await session.wait('Checking the token', () => readMe(api));
      await client.setRemote(endpoint, token);
      session.show(
        { email, expires, endpoint },
        () =>
          `You are ${email}, until ${moment(expires)} (${distance(expires, session.io.now())}).\nNext: mgrant whoami\n`,
      );
    });
}

const typedToken = ({ io }: Session): Promise<string> =>
  io.isTerminal('in') ? io.readSecret('Token (it is not shown): ') : io.readInput();

/** The service that was asked for a link and has no token yet. If there is none, the first service. */
async function waitingEndpoint(client: Client): Promise<string> {
  const remotes = await client.remotes();
  const remote = remotes.findLast(({ token }) => token === '') ?? remotes[0];
  if (remote) return remote.endpoint;
  throw new Refused('endpoint_invalid', 'For which service? Name its address.');
}
