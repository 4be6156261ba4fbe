import * as v from 'valibot';
import { together } from '../async/together';
import { principalsOf, type RuleKey, roles, type Unreadable } from '../policy/policy';
import { fitPage } from './fit-page';
import { keys } from './keys';
import { end, type Item, nextAfter, start, type Table } from './table';
import { type Before, unchanged, unreadable } from './versions';

const ruleItem = v.object({
  email: v.string(),
  host: v.string(),
  db: v.string(),
  // A role that is no longer known could allow or deny anything.
  role: v.picklist(Object.keys(roles)),
  which: v.picklist(['allow', 'deny']),
  expiresAt: v.optional(v.number()),
  maxTtl: v.optional(v.number()),
  // An empty list would mean anywhere, which its author did not mean.
  cidrs: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  note: v.optional(v.string()),
  version: v.number(),
  setBy: v.string(),
  setAt: v.number(),
  /** A ruler set it, within their scope at the time. Rules of admins don't have it. */
  asRuler: v.optional(v.literal(true)),
});

/** A rule, its version, and who set it when. */
export type StoredRule = v.InferOutput<typeof ruleItem>;

/** All rules that may apply to an address: three partitions, read at once. */
export async function readRulesFor(table: Table, email: string): Promise<(StoredRule | Unreadable)[]> {
  return (await together(principalsOf(email).map((principal) => readRulesUnder(table, principal)))).flat();
}

export const readRulesUnder = async (table: Table, principal: string): Promise<(StoredRule | Unreadable)[]> =>
  (await table.query({ pk: keys.rules(principal) })).map(parseRule);

const pageSize = 500;

/** Rules sorted by key, of one principal or of everybody (from the index, which may lag a moment). `next` is where the next page begins. */
export async function listRules(
  table: Table,
  principal: string | undefined,
  from = start,
): Promise<{ rules: (StoredRule | Unreadable)[]; next?: string }> {
  const where = principal ? { pk: keys.rules(principal) } : { pk: keys.allRules, index: 'listed' as const };
  const page = fitPage(await table.page({ ...where, from, to: end, limit: pageSize }));
  return { rules: page.items.map(parseRule), ...nextAfter(page, principal ? 'sk' : 'listSk') };
}

export async function readRule(table: Table, key: RuleKey): Promise<StoredRule | Unreadable | undefined> {
  const item = await table.get(keys.rule(key));
  return item && parseRule(item);
}

/** Whether a ruler has set so many rules, from the index, which may lag a moment. Rules of release 0.1.0 don't count. */
export async function hasSet(table: Table, ruler: string, count: number): Promise<boolean> {
  return (await table.query({ pk: keys.rulesBy(ruler), index: 'due', atMost: count })).length >= count;
}

/** Sets a rule: false if it has changed since it was read. */
export function putRule(table: Table, rule: StoredRule, before: Before): Promise<boolean> {
  const key = keys.rule(rule);
  const listed = { listPk: keys.allRules, listSk: `${rule.email}#${key.sk}` };
  const counted = rule.asRuler && { duePk: keys.rulesBy(rule.setBy), dueAt: rule.setAt };
  return table.put({ ...key, ...rule, ...listed, ...counted }, unchanged(before));
}

/** Removes a rule: false if it has changed since it was read. */
export const removeRule = (table: Table, key: RuleKey, before: Before): Promise<boolean> =>
  table.delete(keys.rule(key), unchanged(before));

function parseRule(item: Item): StoredRule | Unreadable {
  const result = v.safeParse(ruleItem, item);
  return result.success ? result.output : unreadable(item);
}
