import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { attempts, patient } from '../aws/aws-requests';
import type { Log } from '../aws/log';
import { newId } from '../tokens/tokens';
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
  /** Only sort keys with this prefix. */
  prefix?: string;
  /** An index instead of the table. Its reads may lag. */
  index?: Index;
  /** In the index `due`: only items that are due by this moment. */
  upTo?: number;
  /** Stops after so many items. */
  atMost?: number;
  /** Only items after this one: its keys, with those of the index. */
  after?: Item;
}

/** A part of a partition, from one sort key to another one (not included). */
export interface PageQuery {
  pk: string;
  index?: 'listed';
  from: string;
  to: string;
  backwards?: boolean;
  limit: number;
}

/** `more`: other items may follow the last one. */
export interface Page {
  items: Item[];
  more: boolean;
}

/** Before and after every sort key. */
export const start = ' ';
export const end = '\uffff';

/** Where the next page begins; nothing if there is none. No sort key holds a space. */
export function nextAfter({ items, more }: Page, sortKey: 'sk' | 'listSk'): { next?: string } {
  return more ? { next: `${items.at(-1)?.[sortKey]}${start}` } : {};
}

/** The table. Each function is one network call (a query: one a page). A failed condition is an answer, not an error. */
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
  /** Logs the key of an item that can't be read. An alarm waits for this, and all else goes on. */
  reportUnreadable(item: Item): void;
}

/** A table in the DynamoDB that the AWS SDK's environment variables name. */
export function dynamoTable(name: string, log: Pick<Log, 'error'> = { error: () => {} }): Table {
  // The SDK builds its request handler once for each command, instead of once for each request.
  const client = patient(new DynamoDBClient({ cacheMiddleware: true, ...attempts }));
  const own = { TableName: name };
  const get = async (key: Key) => {
    const { Item } = await client.send(new GetItemCommand({ ...own, Key: stored(keyIn(key)), ConsistentRead: true }));
    return Item && unmarshall(Item);
  };

  /**
   * What a write left; nothing if its condition failed. If the SDK repeated it, the first attempt may have worked and lost its answer: then
   * the item has this write's mark, or is gone as it should be.
   */
  async function decided(
    write: Promise<{ Attributes?: Stored | undefined }>,
    key: Key,
    mark: string | undefined,
  ): Promise<Item | undefined> {
    try {
      return unmarshall((await write).Attributes ?? {});
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
    async query({ pk, prefix, index, upTo, atMost, after }) {
      const items: Item[] = [];
      const wanted = upTo !== undefined ? { upTo } : prefix === undefined ? undefined : { prefix };
      const terms = keyCondition(pk, wanted, index);
      let from: Stored | undefined = after && stored(after);
      do {
        const page = await client.send(
          new QueryCommand({ ...own, ...inForm(terms), ExclusiveStartKey: from, Limit: atMost }),
        );
        items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
        from = page.LastEvaluatedKey;
      } while (from && items.length < (atMost ?? Number.POSITIVE_INFINITY));
      return items.slice(0, atMost);
    },
    async page({ pk, index, from, to, backwards = false, limit }) {
      if (from > to) return { items: [], more: false };
      const terms = keyCondition(pk, { low: from, high: to }, index);
      const command = new QueryCommand({ ...own, ...inForm(terms), Limit: limit, ScanIndexForward: !backwards });
      const { Items = [], LastEvaluatedKey } = await client.send(command);
      const items = Items.map((item) => unmarshall(item)).filter((item) => item[index ? 'listSk' : 'sk'] !== to);
      return { items, more: LastEvaluatedKey !== undefined };
    },
    async put(item, condition) {
      const mark = condition && newId();
      const command = new PutItemCommand({
        ...own,
        Item: stored({ ...item, mark }),
        ...inForm(expressions(condition)),
      });
      return (await decided(client.send(command), item, mark)) !== undefined;
    },
    async update(key, { set = {}, add = {}, remove = [], ...condition }) {
      const mark = condition.if && newId();
      const { change, values } = updateExpression(defined({ ...set, mark }), add, remove);
      const terms = expressions(condition, change, values);
      const command = new UpdateItemCommand({
        ...own,
        Key: stored(keyIn(key)),
        UpdateExpression: change,
        ReturnValues: 'ALL_NEW',
        ...inForm(terms),
      });
      return decided(client.send(command), key, mark);
    },
    async delete(key, condition) {
      const command = new DeleteItemCommand({ ...own, Key: stored(keyIn(key)), ...inForm(expressions(condition)) });
      const write = client.send(command);
      return (await decided(write, key, undefined)) !== undefined;
    },
    reportUnreadable: ({ pk, sk }) => log.error('row_unreadable', { key: `${pk} ${sk}` }),
  };
}

type Stored = Record<string, AttributeValue>;

const stored = (item: Item): Stored => marshall(item, { removeUndefinedValues: true });

const keyIn = ({ pk, sk }: Key): Item => ({ pk, sk });

/** The terms of a request, with their values in DynamoDB's own form. */
const inForm = <T extends { ExpressionAttributeValues?: Item }>({
  ExpressionAttributeValues: values,
  ...terms
}: T) => ({
  ...terms,
  ...(values && { ExpressionAttributeValues: stored(values) }),
});
