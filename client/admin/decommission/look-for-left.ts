import { sideBySide } from '../../../shared/async/side-by-side';
import type { HostSecrets } from '../../../shared/aws/host-secrets';
import type { Secrets } from '../../../shared/aws/secrets';
import type { TaggedUsers } from '../../../shared/mongo/tagged-users';
import { readLiveGrants, readUsersDbs } from '../../../shared/store/grants/reads';
import { waitOf } from '../../../shared/store/grants/states';
import type { Table } from '../../../shared/store/table';
import { defined } from '../../sdk/defined';
import { listHosts } from '../hosts/list-hosts';

/** A host that was looked at: our users who are there, and the databases that could be seen. `users` is missing if nobody could ask it. */
export interface LeftOn {
  host: string;
  users?: string[];
  seen?: 'all' | string[];
}

/** What there is of logins: those that have not ended, records that can't be read (by their keys), and users on hosts. */
export interface Left {
  grants: { email: string; host: string; db: string; role: string; waitsFor?: string }[];
  unreadable: string[];
  hosts: LeftOn[];
}

export interface LookDeps {
  table: Table;
  hosts: HostSecrets;
  secrets: Pick<Secrets, 'host'>;
  tagged: Pick<TaggedUsers, 'list'>;
  stackName: string;
}

const atOnce = 8;
const hostMs = 15_000;

/** Logins that have not ended, by the table. */
export async function grantsLeft({ table }: Pick<LookDeps, 'table'>): Promise<Pick<Left, 'grants' | 'unreadable'>> {
  const { grants, unreadable } = await readLiveGrants(table);
  return {
    grants: grants.map((grant) => {
      const { email, host, db, role } = grant;
      return defined({ email, host, db, role, waitsFor: waitOf(grant) });
    }),
    unreadable: unreadable.map((row) => row.unreadable),
  };
}

/** Our users on each registered host, as the host itself lists them. */
export const usersLeft = async (deps: LookDeps): Promise<LeftOn[]> =>
  sideBySide(atOnce, await listHosts(deps), ({ host }) => lookOn(deps, host));

async function lookOn({ table, secrets, tagged, stackName }: LookDeps, host: string): Promise<LeftOn> {
  try {
    const secret = await secrets.host(host, 'fresh');
    if (!secret) return { host };
    const asked = { name: host, secret, deadline: Date.now() + hostMs };
    const { ours, seen } = await tagged.list(asked, stackName, () => readUsersDbs(table, asked));
    return { host, users: ours.map(({ user, db }) => `${db}.${user}`), seen };
  } catch {
    return { host };
  }
}
