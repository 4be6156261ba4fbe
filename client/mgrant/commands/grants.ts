import { defined } from '../../sdk/defined';
import type { Grant } from '../../sdk/replies';
import { stateOf } from '../held-grants';
import type { MgrantCommand } from '../mgrant-command';
import type { Paint } from '../paint';
import { resolveAliases } from '../places';
import { table } from '../table';
import { distance } from '../times';
import { addSettleGrant } from './settle-grant';

type Options = { email?: string; host?: string; db?: string; all?: boolean };

export function addGrants(program: MgrantCommand): void {
  const grants = program
    .command('grants')
    .summary('list the MongoDB logins that you hold')
    .description(
      'Lists the MongoDB logins that you hold. Admins, and rulers inside of their scope, can list those of others.',
    )
    .option('--email <email>', "for admins and rulers: whose; '*' for everybody's")
    .option('--host <host>', 'only those on this host')
    .option('--db <db>', 'only those for this database')
    .option('--all', 'those that have ended, too')
    .examples('mgrant grants', 'mgrant grants --email ada@lab.org', "mgrant grants --email '*' --json")
    .does(async (session, { all = false, ...filter }: Options) => {
      const client = await session.client();
      const { host, db } = await resolveAliases(client, { host: filter.host ?? '', db: filter.db ?? '', role: '' });
      const asked = defined({ email: filter.email, host: host || undefined, db: db || undefined });
      const found = await session.wait('Reading the grants', () => client.grants(asked));
      const grants = found.filter(({ state }) => all || state !== 'ended');
      session.show({ grants }, () => grantsTable(grants, session.now(), session.paint.out));
    });
  addSettleGrant(grants);
}

/** Grants as a table, the first to end first. */
export function grantsTable(grants: readonly Grant[], now: Date, paint: Paint): string {
  const rows = grants
    .toSorted((a, b) => a.expires.localeCompare(b.expires))
    .map((grant) => {
      const { email, role, host, db, label, username, expires, lost } = grant;
      const state = stateOf(grant, now);
      const end = state === 'ended' ? '' : distance(expires, now);
      return [email, role, host, db, label, username, end, lost ? `${state}, user lost` : state];
    });
  const heading = ['EMAIL', 'ROLE', 'HOST', 'DATABASE', 'LABEL', 'USER', 'ENDS', 'STATE'];
  return table(heading, rows, paint) || 'There are none.\n';
}
