import { MongoClient, UUID } from 'mongodb';
import * as v from 'valibot';
import { sideBySide } from '../../../shared/async/side-by-side';
import type { Deployment } from '../../../shared/contract/deployment';
import { tagOf } from '../../../shared/grants/tag-of';
import type { BenchGrant } from '../rows/grants';

const perInsert = 10_000;
const atOnce = 8;

const own = v.looseObject({ user: v.string(), db: v.string(), userId: v.instance(UUID), credentials: v.unknown() });

/** Makes users on one server. `others`: every tenth user, in addition, is of another program. */
export interface BenchUsers {
  deployment: Deployment;
  add(grants: readonly BenchGrant[], more?: { others: boolean }): Promise<void>;
  close(): Promise<void>;
}

export async function openUsers(adminUri: string, stack: string): Promise<BenchUsers> {
  const client = new MongoClient(adminUri, { directConnection: true });
  const admin = client.db('admin');
  const { authInfo } = await admin.command({ connectionStatus: 1 });
  const [login] = authInfo.authenticatedUsers;
  const { users } = await admin.command({ usersInfo: login, showCredentials: true });
  const { user, db, userId, credentials } = v.parse(own, users[0]);

  const customData = (grant: BenchGrant) => ({ mongogrant: tagOf(grant, stack) });
  const rolesOf = (grant: BenchGrant) => [{ role: grant.role, db: grant.db }];

  /** Straight into a genuine server's collection: `createUser` takes 23 ms each. */
  async function insert(grants: readonly BenchGrant[], others: boolean): Promise<void> {
    const documents = grants.flatMap((grant, n) => {
      const { username, usersDb } = grant;
      const rest = { credentials, roles: rolesOf(grant) };
      const named = (name: string) => ({ _id: `${usersDb}.${name}`, userId: new UUID(), user: name, db: usersDb });
      const ours = { ...named(username), ...rest, customData: customData(grant) };
      return others && n % 10 === 0 ? [ours, { ...named(`app_${username}`), ...rest }] : [ours];
    });
    const collection = admin.collection<{ _id: string }>('system.users');
    for (let at = 0; at < documents.length; at += perInsert)
      await collection.insertMany(documents.slice(at, at + perInsert), { ordered: false });
  }

  /** One by one, on the embedded server: nobody may write into its list of users. */
  const create = async (grants: readonly BenchGrant[]) =>
    void (await sideBySide(atOnce, grants, (grant) =>
      client.db(grant.usersDb).command({
        ...{ createUser: grant.username, pwd: 'password-of-the-bench', mechanisms: ['SCRAM-SHA-256'] },
        ...{ roles: rolesOf(grant), customData: customData(grant) },
      }),
    ));

  return {
    deployment: { user, db, id: userId.toHexString() },
    add: (grants, { others } = { others: false }) => (isGenuine ? insert(grants, others) : create(grants)),
    close: () => client.close(),
  };
}

/** Whether the benchmark runs on a genuine server, and not on the embedded one. */
export const isGenuine = Boolean(process.env.MONGOD);
