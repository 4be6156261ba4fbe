import type { HomeFacts } from '../../sdk/home';
import { readVariable } from '../../sdk/variables';
import { askServices, type KnownService } from '../ask-services';
import type { MgrantCommand } from '../mgrant-command';
import { plain } from '../plain';
import type { Session } from '../session';
import { table } from '../table';
import { until } from '../times';

export function addStatus(program: MgrantCommand): void {
  program
    .command('status')
    .summary('which services you have, and who you are there')
    .description(
      'Says which services you have, which one is used, who you are there and until when, and the label and the settings file of this home.',
    )
    .examples('mgrant status', 'mgrant status --json')
    .does(async (session) => {
      const { home, services } = await session.wait('Asking who you are', () => askServices(session));
      const { label = null, settings = null } = home;
      session.show({ services, label, settings }, () => describe(services, home, session));
    });
}

function describe(services: KnownService[], { label, settings }: HomeFacts, session: Session): string {
  const rows = services.map((one) => [one.used ? '*' : '', one.endpoint, whoIn(one, session.now())]);
  const given = readVariable(session.io.env, 'MGRANT_TOKEN') !== undefined;
  return [
    table(['USED', 'SERVICE', 'YOU'], rows, session.paint.out) ||
      'No service is known here. To begin: mgrant login you@lab.org --endpoint URL\n',
    `Label:     ${label === undefined ? 'made with your next login' : label || 'none'}`,
    `Settings:  ${settings === undefined ? 'none are kept' : plain(settings)}`,
    ...(given ? ['Token:     that of MGRANT_TOKEN'] : []),
    '',
  ].join('\n');
}

const whoIn = ({ email, expires, detail = '' }: KnownService, now: Date): string =>
  email === undefined || expires === undefined ? detail : `${email}, ${until(expires, now)}`;
