import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type ComparedHosts, openComparedHosts } from '../support/compared-hosts';
import { allItems, later } from '../support/stage';

let on: ComparedHosts;
beforeEach(async () => {
  on = await openComparedHosts();
});
afterEach(() => on.close());

/** As if the table had been recovered to what it held then, and pointed to. */
async function recover(then: Awaited<ReturnType<typeof allItems>>): Promise<void> {
  const client = new DynamoDBClient();
  const own = { TableName: 'mongogrant' };
  for (const { pk, sk } of await allItems())
    await client.send(new DeleteItemCommand({ ...own, Key: marshall({ pk, sk }) }));
  for (const item of then) await client.send(new PutItemCommand({ ...own, Item: marshall(item) }));
  client.destroy();
}

async function replaceKeys(): Promise<void> {
  const client = new SecretsManagerClient();
  for (const name of ['signing-key', 'link-key']) {
    const SecretString = JSON.stringify({ key: 'n'.repeat(64), older: [] });
    await client.send(new PutSecretValueCommand({ SecretId: `mongogrant/${name}`, SecretString }));
  }
  client.destroy();
}

test('after a recovery the comparison ends what was given since, and marks what has ended since', async () => {
  const kept = await on.grant('a');
  const revoked = await on.grant('b');
  const renamed = await on.grant('d');
  const then = await allItems();
  later(on.stage, 60);
  await on.ask('DELETE', '/grants?db=b');
  const since = await on.grant('c');
  await on.ask('DELETE', '/grants?db=d');
  const again = await on.grant('d');

  await recover(then);
  on.settle();
  expect(await on.runOn(on.host)).toMatchObject({ orphans: 2, orphansEnded: 2, lost: 2 });
  const logins = { a: kept, b: revoked, c: since, d: again };
  const states = await Promise.all(Object.entries(logins).map(([db, login]) => on.login(db, login)));
  expect(states).toEqual(['works', 18, 18, 18]);
  expect(await on.login('d', renamed)).toBe(18);
  // Whoever lost a login gets another one by asking.
  for (const db of ['b', 'c', 'd']) expect(await on.login(db, await on.grant(db))).toBe('works');
});

test('a token that was ended since works again, until its key is replaced', async () => {
  const then = await allItems();
  expect((await on.ask('DELETE', '/tokens')).status).toBe(200);
  later(on.stage, 60);
  expect((await on.ask('GET', '/me')).status).toBe(401);
  await recover(then);
  expect((await on.ask('GET', '/me')).status).toBe(200);
  await replaceKeys();
  // A function keeps keys in memory for five minutes.
  later(on.stage, 301);
  expect((await on.ask('GET', '/me')).status).toBe(401);
});
