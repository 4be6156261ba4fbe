import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { sideBySide } from '../../shared/async/side-by-side';
import { secretWriter } from '../../shared/aws/secrets-manager';
import { held010, items010, secrets010, users010 } from './release-010';
import { createSecret, openStage } from './stage';

export type Stage010 = Awaited<ReturnType<typeof openStage010>>;

/** The login of every user that was there, whatever it was before: no password is kept anywhere. */
export const password010 = 'password-of-everybody';

/**
 * A stage on which 0.1.0 ran before: its table, its keys, its hosts, its MongoDB users, at the moment at which it was left. All hosts are
 * at the one server of the stage.
 */
export async function openStage010() {
  const stage = await openStage();
  const { now, ...held } = held010();
  stage.clock.now = new Date(now);
  await Promise.all([loadItems(), loadSecrets(stage.mongod.port, stage.admin)]);
  const root = await stage.login(stage.admin.username, stage.admin.password, 'admin');
  const createUser = ({ host: _, user, db, ...fields }: ReturnType<typeof users010>[number]) =>
    root.db(db).command({ createUser: user, pwd: password010, ...fields });
  await sideBySide(4, users010(), createUser);

  /** The tags of all the users that there are. */
  const tags = async (): Promise<{ user: string; db: string; grant: string | undefined }[]> => {
    const { users } = await root.db('admin').command({ usersInfo: { forAllDBs: true } });
    return users.map(({ user, db, customData }: { user: string; db: string; customData?: Data }) => ({
      ...{ user, db },
      grant: customData?.mongogrant?.grant,
    }));
  };

  return {
    ...stage,
    stage,
    held,
    root,
    tags,
    source: (requestId: string) => ({ requestId, ip: 'job' }),
    job: { ...stage.deps, clock: () => stage.clock.now.getTime() },
  };
}

/** As `loadTable010` does, 25 items a call, since this is done before each test. */
async function loadItems(): Promise<void> {
  const client = new DynamoDBClient();
  const puts = items010().map((one) => ({ PutRequest: { Item: marshall(one) } }));
  for (let first = 0; first < puts.length; first += 25)
    await client.send(new BatchWriteItemCommand({ RequestItems: { mongogrant: puts.slice(first, first + 25) } }));
  client.destroy();
}

type Data = { mongogrant?: { grant?: string } };

/** The current value of each; the address and the login of a host are those of the stage's server. */
async function loadSecrets(port: number, admin: { username: string; password: string }): Promise<void> {
  for (const { name, versions } of secrets010()) {
    const { text = '{}' } = versions.find(({ stages }) => stages.includes('AWSCURRENT')) ?? {};
    const { uri: _, ssl: __, replicaSet: ___, ...value } = JSON.parse(text);
    if (name.endsWith('-key')) await secretWriter().put(name, text);
    else await createSecret(name, { ...value, host: '127.0.0.1', port, ...admin, authSource: 'admin' });
  }
}
