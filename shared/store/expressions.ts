export type Item = Record<string, unknown>;

/** What must still be true for a write. `#name` is an attribute, `:name` a value from `values`. */
export interface Condition {
  if?: string;
  values?: Item;
}

/** An index. Its reads may lag behind the table. */
export type Index = 'listed' | 'due';

const sortKeys = { table: ['pk', 'sk'], listed: ['listPk', 'listSk'], due: ['duePk', 'dueAt'] } as const;

/** Sort keys with a prefix, in a range, or up to one; limits are included. */
export type SortKeys = { prefix: string } | { low: string; high: string } | { upTo: number };

/** One partition of the table or of an index: all of it, or some sort keys. */
export function keyCondition(pk: string, wanted: SortKeys | undefined, index: Index | undefined) {
  const [partition, sort] = sortKeys[index ?? 'table'];
  const terms = wanted && termsOf(wanted, sort);
  const values = Object.entries(wanted ?? {}).map(([name, value]) => [`:${name}`, value]);
  return {
    IndexName: index,
    ConsistentRead: index === undefined,
    KeyConditionExpression: `${partition} = :pk${terms ? ` AND ${terms}` : ''}`,
    ExpressionAttributeValues: { ':pk': pk, ...Object.fromEntries(values) },
  };
}

function termsOf(wanted: SortKeys, sort: string): string {
  if ('prefix' in wanted) return `begins_with(${sort}, :prefix)`;
  return 'upTo' in wanted ? `${sort} <= :upTo` : `${sort} BETWEEN :low AND :high`;
}

/** Attribute names are always written as `#name`, so that none clashes with a reserved word. */
export function expressions({ if: condition, values = {} }: Condition = {}, change = '', changeValues: Item = {}) {
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

export const defined = (values: Item): Item =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

export function updateExpression(set: Item, add: Record<string, number>, remove: string[]) {
  const parts = [
    clause('SET', set, (field) => `#${field} = :set_${field}`),
    clause('ADD', add, (field) => `#${field} :add_${field}`),
    remove.length > 0 ? `REMOVE ${remove.map((field) => `#${field}`).join(', ')}` : '',
  ];
  return { change: parts.join(' ').trim(), values: { ...prefixed('set_', set), ...prefixed('add_', add) } };
}

function clause(verb: string, fields: Item, write: (field: string) => string): string {
  const names = Object.keys(fields);
  return names.length > 0 ? `${verb} ${names.map(write).join(', ')}` : '';
}

const prefixed = (prefix: string, values: Item): Item =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
