import { usableRemotes } from '../../sdk/remotes';
import { refuseGivenToken } from '../given-token';
import type { MgrantCommand } from '../mgrant-command';

export function addLogout(program: MgrantCommand): void {
  program
    .command('logout')
    .summary('forget your token on this machine')
    .description(
      'Forgets your token on this machine. MongoDB logins stay until they end, or until you revoke them: mgrant revoke --all',
    )
    .option('--everywhere', 'end all your tokens, those on other machines included')
    .examples('mgrant logout', 'mgrant logout --everywhere')
    .does(async (session, { everywhere = false }: { everywhere?: boolean }) => {
      refuseGivenToken(session);
      const client = await session.client();
      const [{ endpoint }] = usableRemotes(await client.remotes(), (await client.home()).endpoint);
      const revoked = everywhere ? await session.wait('Ending your tokens', () => client.revokeTokens()) : 0;
      await client.setRemote(endpoint, '');
      session.show({ endpoint, revoked }, () =>
        everywhere
          ? `All your tokens of ${endpoint} have ended: ${revoked}.\n`
          : `The token for ${endpoint} is forgotten here. If somebody else may have it, end it: mgrant login, then mgrant logout --everywhere\n`,
      );
    });
}
