import { readMe } from '../../sdk/calls/me';
import type { Client } from '../../sdk/client';
import { namedService } from '../../sdk/which-service';
import { refuseGivenToken } from '../given-token';
import type { MgrantCommand } from '../mgrant-command';
import { Refused, UsageError } from '../refused';
import type { Session } from '../session';
import { until } from '../times';

export function addSettoken(program: MgrantCommand): void {
  program
    .command('settoken [token]')
    .summary('keep the token that a link showed')
    .description(
      'Checks a token, and keeps it. Without TOKEN it asks for it, or reads it from stdin: arguments can be seen by others on this machine.',
    )
    .examples('mgrant settoken', 'mgrant settoken < token.txt', 'mgrant settoken --endpoint https://api.lab.org')
    .does(async (session, argument: string | undefined) => {
      refuseGivenToken(session);
      const client = await session.client();
      const named = namedService({ endpoint: session.options.endpoint, env: session.io.env });
      const endpoint = await endpointFor(client, named !== undefined);
      const token = (argument ?? (await typedToken(session))).trim();
      if (token === '') throw new UsageError('TOKEN: is empty');
      const api = await session.api({ endpoint, token });
      const { email, expires } = await session.wait('Checking the token', () => readMe(api));
      await client.setRemote(endpoint, token);
      session.show(
        { email, expires, endpoint },
        () => `You are ${email}, ${until(expires, session.now())}.\nNext: mgrant whoami\n`,
      );
    });
}

const typedToken = ({ io }: Session): Promise<string> =>
  io.isTerminal('in') ? io.readSecret('Token (it is not shown): ') : io.readInput();

/** The service that somebody named; or the one that was asked for a link and has no token yet; or the one in use; or the first. */
async function endpointFor(client: Client, isNamed: boolean): Promise<string> {
  const remotes = await client.remotes();
  const waiting = isNamed ? undefined : remotes.findLast(({ token }) => token === '');
  const endpoint = waiting?.endpoint ?? (await client.home()).endpoint ?? remotes[0]?.endpoint;
  if (endpoint) return endpoint;
  throw new Refused('endpoint_invalid', 'For which service? Name its address.');
}
