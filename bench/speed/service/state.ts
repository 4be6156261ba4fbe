import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type Document, MongoClient } from 'mongodb';
import { sideBySide } from '../../../shared/async/side-by-side';
import { writeRows } from '../rows/write-rows';

type Stored = Record<string, AttributeValue>;

/** All that the table and the MongoDB server hold, so that a request can be sent again as if it were the first time. */
export interface State {
  /** Puts back what was changed since. Passwords stay as they are, and so does the number of a user's changes. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function keepState(tableName: string, adminUri: string): Promise<State> {
  const dynamodb = new DynamoDBClient({});
  const mongodb = new MongoClient(adminUri);
  const rows = await readRows(dynamodb, tableName);
  const users = await readUsers(mongodb);
  return {
    async restore() {
      await Promise.all([restoreRows(dynamodb, tableName, rows), restoreUsers(mongodb, users)]);
    },
    async close() {
      dynamodb.destroy();
      await mongodb.close();
    },
  };
}

async function readRows(dynamodb: DynamoDBClient, TableName: string): Promise<Map<string, Stored>> {
  const rows = new Map<string, Stored>();
  let after: Stored | undefined;
  do {
    const page = await dynamodb.send(new ScanCommand({ TableName, ExclusiveStartKey: after, ConsistentRead: true }));
    for (const item of page.Items ?? []) rows.set(`${item.pk?.S}\n${item.sk?.S}`, item);
    after = page.LastEvaluatedKey;
  } while (after);
  return rows;
}

async function restoreRows(dynamodb: DynamoDBClient, tableName: string, wanted: Map<string, Stored>): Promise<void> {
  const found = await readRows(dynamodb, tableName);
  const added = [...found].filter(([key]) => !wanted.has(key));
  const changed = [...wanted].filter(([key, item]) => !isSame(found.get(key), item));
  await writeRows(dynamodb, tableName, [
    ...added.map(([, { pk, sk }]) => ({ DeleteRequest: { Key: { pk, sk } as Stored } })),
    ...changed.map(([, Item]) => ({ PutRequest: { Item } })),
  ]);
}

/** DynamoDB tells the attributes of an item in no fixed order. */
const isSame = (one: Stored | undefined, other: Stored): boolean =>
  one !== undefined && JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

const tagged = { usersInfo: { forAllDBs: true }, filter: { 'customData.mongogrant': { $exists: true } } };

async function readUsers(mongodb: MongoClient): Promise<Map<string, Document>> {
  const { users } = await mongodb.db('admin').command({ ...tagged });
  return new Map(users.map((user: Document) => [`${user.db}.${user.user}`, user]));
}

async function restoreUsers(mongodb: MongoClient, wanted: Map<string, Document>): Promise<void> {
  const found = await readUsers(mongodb);
  const added = [...found].filter(([name]) => !wanted.has(name));
  const changed = [...wanted].filter(([name, user]) => !isAsBefore(found.get(name), user));
  await sideBySide(4, [...added, ...changed], ([name, { user, db }]) =>
    found.has(name) ? mongodb.db(db).command({ dropUser: user }) : Promise.resolve({}),
  );
  await sideBySide(4, changed, ([, { user, db, roles, customData }]) =>
    mongodb.db(db).command({ createUser: user, pwd: 'password-of-the-bench', roles, customData }),
  );
}

const isAsBefore = (one: Document | undefined, other: Document): boolean =>
  one !== undefined && JSON.stringify(one.roles) === JSON.stringify(other.roles);
