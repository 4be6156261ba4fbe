import * as fields from '../../../shared/contract/fields/access';
import { sameEndpoint } from '../../sdk/api/endpoint';
import { checked } from '../checked';
import { refuseGivenToken } from '../given-token';
import type { MgrantCommand } from '../mgrant-command';
import { Refused } from '../refused';

export function addInit(program: MgrantCommand): void {
  program
    .command('init <email>')
    .summary('ask for a link by mail, and remember the service')
    .description(
      'Asks for a link by mail, and remembers the service. The link shows a token: give it to "mgrant settoken". "mgrant login" does both at once.',
    )
    .examples('mgrant init you@lab.org --endpoint https://api.lab.org')
    .does(async (session, address: string) => {
      const email = checked('EMAIL', fields.email, address);
      refuseGivenToken(session);
      const client = await session.client();
      const remotes = await client.remotes();
      const endpoint = (await client.home()).endpoint ?? remotes[0]?.endpoint;
      if (!endpoint) throw new Refused('endpoint_invalid', 'Which service? Name its address.');
      const msg = await session.wait('Asking for a link', () => client.requestLink(email, endpoint));
      // Keeps a token that still works until there is a new one.
      if (!remotes.some((remote) => sameEndpoint(remote.endpoint, endpoint))) await client.setRemote(endpoint, '');
      session.show(
        { msg, endpoint },
        () =>
          `${msg}\nNext: open the link, copy the token that it shows, and run: mgrant settoken --endpoint ${endpoint}\n`,
      );
    });
}
