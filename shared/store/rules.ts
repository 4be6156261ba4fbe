import * as v from 'valibot';
import { principalsOf, type RuleKey, type UnreadableRule } from '../policy';
import { keys } from './keys';
import type { Condition, Item, Table } from './table';

const ruleItem = v.object({
  email: v.string(),
  host: v.string(),
  db: v.string(),
  role: v.string(),
  which: v.picklist(['allow', 'deny']),
  expiresAt: v.optional(v.number()),
  maxTtl: v.optional(v.number()),
  // Empty would mean from anywhere, which is not what somebody who wrote a list meant.
  cidrs: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  note: v.optional(v.string()),
  version: v.number(),
  setBy: v.string(),
  setAt: v.number(),
});

/** A rule with its version and who set it when. */
export type StoredRule = v.InferOutput<typeof ruleItem>;

/** All the rules that can speak about an address: three partitions, read at once. */
export async function rulesFor(table: Table, email: string): Promise<(StoredRule | UnreadableRule)[]> {
  const partitions = await Promise.all(
    principalsOf(email).map((principal) => table.query({ pk: keys.rules(principal) })),
  );
  return partitions.flat().map(parseRule);
}

/** The rules of one principal, or of everybody (from the index, which may lag behind by a moment). */
export async function listRules(table: Table, principal?: string): Promise<(StoredRule | UnreadableRule)[]> {
  const items = await table.query(principal ? { pk: keys.rules(principal) } : { pk: 'rules', index: 'listed' });
  return items.map(parseRule);
}

export async function readRule(table: Table, key: RuleKey): Promise<StoredRule | UnreadableRule | undefined> {
  const item = await table.get(keys.rule(key));
  return item && parseRule(item);
}

/** A rule as it was read before a change of it; none for one that is not there yet. */
export type Before = StoredRule | UnreadableRule | undefined;

/** Sets a rule: false if it is no longer as it was read. */
export function putRule(table: Table, rule: StoredRule, before: Before): Promise<boolean> {
  const key = keys.rule(rule);
  return table.put({ ...key, ...rule, listPk: 'rules', listSk: `${rule.email}#${key.sk}` }, unchanged(before));
}

/** Removes a rule: false if it is no longer as it was read. */
export const removeRule = (table: Table, key: RuleKey, before: Before): Promise<boolean> =>
  table.delete(keys.rule(key), unchanged(before));

/** An unreadable rule has no version that could be compared. */
function unchanged(before: Before): Condition | undefined {
  if (!before) return { if: 'attribute_not_exists(#pk)' };
  return 'unreadable' in before ? undefined : { if: '#version = :before', values: { before: before.version } };
}

function parseRule(item: Item): StoredRule | UnreadableRule {
  const result = v.safeParse(ruleItem, item);
  return result.success ? result.output : { unreadable: `${item.pk} ${item.sk}` };
}
