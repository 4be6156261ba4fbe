import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { newId } from '../tokens';
import {
  type Condition,
  defined,
  expressions,
  type Index,
  type Item,
  keyCondition,
  updateExpression,
} from './expressions';

export type { Condition, Item };

export interface Key {
  pk: string;
  sk: string;
}

export interface Query {
  pk: string;
  /** Only sort keys with this beginning. */
  prefix?: string;
  /** An index in place of the table; its reads may lag behind. */
  index?: Index;
  /** Of the index `due`: only what is due up to this moment. */
  upTo?: number;
}

/** A piece of a partition, from a sort key on and up to, but not with, another one. */
export interface PageQuery {
  pk: string;
  index?: 'listed';
  from: string;
  to: string;
  /** From the end. */
  backwards?: boolean;
  /** How many items are read at most. */
  limit: number;
}

/** `more`: there may be others behind the last item. */
export interface Page {
  items: Item[];
  more: boolean;
}

/** Before and behind every sort key. */
export const start = ' ';
export const end = '\uffff';

/** Where the page behind this one begins; nothing where there is none. No sort key holds a space. */
export function nextAfter({ items, more }: Page, sortKey: 'sk' | 'listSk'): { next?: string } {
  return more ? { next: `${items.at(-1)?.[sortKey]}${start}` } : {};
}

/** The table: each function is one network call (a query one a page). A failed condition is an answer, not an error. */
export interface Table {
  get(key: Key): Promise<Item | undefined>;
  query(query: Query): Promise<Item[]>;
  page(query: PageQuery): Promise<Page>;
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
  const get = async ({ pk, sk }: Key) =>
    (await documents.send(new GetCommand({ ...own, Key: { pk, sk }, ConsistentRead: true }))).Item;

  /**
   * What a write left behind; nothing if its condition failed. Where the SDK repeated it, the first attempt may have come through and
   * only its answer got lost: then the item carries this write's own mark, or is gone as it should be.
   */
  async function decided(
    write: Promise<{ Attributes?: Item | undefined }>,
    key: Key,
    mark: string | undefined,
  ): Promise<Item | undefined> {
    try {
      return (await write).Attributes ?? {};
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if ((error.$metadata.attempts ?? 1) === 1) return undefined;
      const item = await get(key);
      if (mark === undefined) return item ? undefined : {};
      return item?.mark === mark ? item : undefined;
    }
  }

  return {
    get,
    async query({ pk, prefix, index, upTo }) {
      const items: Item[] = [];
      const wanted = upTo !== undefined ? { upTo } : prefix === undefined ? undefined : { prefix };
      let from: Item | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({ ...own, ...keyCondition(pk, wanted, index), ExclusiveStartKey: from }),
        );
        items.push(...(page.Items ?? []));
        from = page.LastEvaluatedKey;
      } while (from);
      return items;
    },
    async page({ pk, index, from, to, backwards = false, limit }) {
      if (from > to) return { items: [], more: false };
      const terms = keyCondition(pk, { low: from, high: to }, index);
      const command = new QueryCommand({ ...own, ...terms, Limit: limit, ScanIndexForward: !backwards });
      const { Items = [], LastEvaluatedKey } = await documents.send(command);
      const items = Items.filter((item) => item[index ? 'listSk' : 'sk'] !== to);
      return { items, more: LastEvaluatedKey !== undefined };
    },
    async put(item, condition) {
      const mark = condition && newId();
      const command = new PutCommand({ ...own, Item: { ...item, mark }, ...expressions(condition) });
      return (await decided(documents.send(command), item, mark)) !== undefined;
    },
    async update(key, { set = {}, add = {}, remove = [], ...condition }) {
      const mark = condition.if && newId();
      const { change, values } = updateExpression(defined({ ...set, mark }), add, remove);
      const terms = expressions(condition, change, values);
      const command = new UpdateCommand({
        ...own,
        Key: key,
        UpdateExpression: change,
        ReturnValues: 'ALL_NEW',
        ...terms,
      });
      return decided(documents.send(command), key, mark);
    },
    async delete(key, condition) {
      const write = documents.send(new DeleteCommand({ ...own, Key: key, ...expressions(condition) }));
      return (await decided(write, key, undefined)) !== undefined;
    },
  };
}
