import { together } from '../../shared/async/together';
import { readGrantsOf } from '../../shared/store/grants/reads';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { ifInForce } from '../../shared/store/grants/states';
import type { Table } from '../../shared/store/table';
import type { NamedLogin, Ticket } from '../../shared/store/tickets';

/** A login that a reminder named. Without a grant it has ended; a grant with a later end than the reminder's is kept already. */
export interface RememberedLogin {
  named: NamedLogin;
  grant: ActiveGrant | undefined;
}

/** The logins of a ticket, as they are now. A new grant with the key of one that has ended is another login. */
export async function readRemembered(table: Table, { email, logins }: Ticket, now: number): Promise<RememberedLogin[]> {
  const hosts = [...new Set(logins.map(({ host }) => host))];
  const read = await together(hosts.map((host) => readGrantsOf(table, email, host)));
  const grants = new Map(read.flatMap((rows) => rows.grants.map((grant) => [grant.id, grant] as const)));
  return logins.map((named) => {
    const grant = grants.get(named.id);
    return { named, grant: grant && ifInForce(grant, now) };
  });
}
