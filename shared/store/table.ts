import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';

export type Item = Record<string, unknown>;
export interface Key {
  pk: string;
  sk: string;
}

/** What must still be true for a write: `#name` is an attribute, `:name` a value from `values`. */
export interface Condition {
  if?: string;
  values?: Item;
}

export interface Query {
  pk: string;
  /** Only sort keys with this beginning. */
  prefix?: string;
  /** An index in place of the table; its reads may lag behind. */
  index?: 'listed';
}

/** The table: each function is one network call (a query one a page). A failed condition is an answer, not an error. */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  query(query: Query): Promise<Item[]>;
  put(item: Key & Item, condition?: Condition): Promise<boolean>;
  update(
    key: Key,
    change: { set?: Item; add?: Record<string, number>; remove?: string[] } & Condition,
  ): Promise<Item | undefined>;
  delete(key: Key, condition?: Condition): Promise<boolean>;
}

/** A table of the DynamoDB to which the AWS SDK's environment variables point. */
export function dynamoTable(name: string): Table {
  const client = new DynamoDBClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 5000 },
  });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const own = { TableName: name };
  return {
    async get(key) {
      return (await documents.send(new GetCommand({ ...own, Key: key, ConsistentRead: true }))).Item;
    },
    async query({ pk, prefix, index }) {
      const items: Item[] = [];
      let from: Item | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({ ...own, ...keyCondition(pk, prefix, index), ExclusiveStartKey: from }),
        );
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from);
      return items;
    },
    put: (item, condition) =>
      unlessRefused(documents.send(new PutCommand({ ...own, Item: item, ...expressions(condition) }))),
    async update(key, { set: wanted = {}, add = {}, remove = [], ...condition }) {
      const set = defined(wanted);
      const parts = [
        list(
          'SET',
          Object.keys(set).map((field) => `#${field} = :set_${field}`),
        ),
        list(
          'ADD',
          Object.keys(add).map((field) => `#${field} :add_${field}`),
        ),
        list(
          'REMOVE',
          remove.map((field) => `#${field}`),
        ),
      ];
      const change = parts.join(' ').trim();
      const values = { ...prefixed('set_', set), ...prefixed('add_', add) };
      const command = new UpdateCommand({
        ...own,
        Key: key,
        UpdateExpression: change,
        ReturnValues: 'ALL_NEW',
        ...expressions(condition, change, values),
      });
      try {
        return (await documents.send(command)).Attributes;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
    delete: (key, condition) =>
      unlessRefused(documents.send(new DeleteCommand({ ...own, Key: key, ...expressions(condition) }))),
  };
}

function keyCondition(pk: string, prefix: string | undefined, index: 'listed' | undefined) {
  const [partition, sort] = index ? ['listPk', 'listSk'] : ['pk', 'sk'];
  return {
    IndexName: index,
    ConsistentRead: index === undefined,
    KeyConditionExpression: `${partition} = :pk${prefix ? ` AND begins_with(${sort}, :prefix)` : ''}`,
    ExpressionAttributeValues: { ':pk': pk, ...(prefix && { ':prefix': prefix }) },
  };
}

/** Attribute names are always written `#name`, so that none can clash with a reserved word. */
function expressions({ if: condition, values = {} }: Condition = {}, change = '', changeValues: Item = {}) {
  const names = [...new Set(`${condition ?? ''} ${change}`.match(/#\w+/g))];
  const allValues = Object.entries(defined({ ...values, ...changeValues }));
  return {
    ConditionExpression: condition,
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [name, name.slice(1)])),
    }),
    ...(allValues.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(allValues.map(([key, value]) => [`:${key}`, value])),
    }),
  };
}

const defined = (values: Item): Item =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const list = (verb: string, parts: string[]): string => (parts.length > 0 ? `${verb} ${parts.join(', ')}` : '');

const prefixed = (prefix: string, values: Item): Item =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));

async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
