import { refuseGivenToken } from '../given-token';
import type { MgrantCommand } from '../mgrant-command';
import { UsageError } from '../refused';

export function addUse(program: MgrantCommand): void {
  program
    .command('use [name]')
    .summary('choose the service to ask, where you have several')
    .description(
      'Chooses the service that is asked from now on, by its address or a part of its name. --endpoint and MGRANT_ENDPOINT come before it.',
    )
    .option('--all', 'ask all of them again, in their order')
    .examples('mgrant use api.lab.org', 'mgrant use --all')
    .does(async (session, name: string | undefined, { all = false }: { all?: boolean }) => {
      if (all === (name !== undefined)) throw new UsageError('Name a service, or --all; not both.');
      refuseGivenToken(session);
      const endpoint = await (await session.client()).use(name);
      session.show({ endpoint: endpoint ?? null }, () =>
        endpoint === undefined ? 'All services are asked, in their order.\n' : `${endpoint} is used from now on.\n`,
      );
    });
}
