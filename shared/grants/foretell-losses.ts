import { sideBySide } from '../async/side-by-side';
import { type Losses, lossesOf, mayTake, type RuleChange } from '../policy/losses';
import { principalsOf, type Rule, sameRule, speaksOf, type Unreadable } from '../policy/policy';
import { rulesByPerson } from '../policy/rule-index';
import type { Grant, LiveGrant } from '../store/grants/row';
import { ifLive } from '../store/grants/states';
import { ruleRowName } from '../store/row-name';
import { readRulesUnder } from '../store/rules';
import type { Table } from '../store/table';
import { readGrantsNear } from './read-grants-near';

/** How many partitions of rules are read at once. */
const readsAtOnce = 20;

/** All the rules of those who hold these grants, by principal. */
async function readRulesOfHolders(table: Table, grants: readonly Grant[]): Promise<Map<string, (Rule | Unreadable)[]>> {
  const principals = [...new Set(grants.flatMap(({ email }) => principalsOf(email)))];
  const read = await sideBySide(readsAtOnce, principals, (principal) => readRulesUnder(table, principal));
  return new Map(principals.map((one, index) => [one, read[index] ?? []]));
}

/** What these grants have lost by the rules as they are. */
export const readLosses = async (table: Table, grants: readonly LiveGrant[], now: number): Promise<Losses<LiveGrant>> =>
  lossesOf(grants, rulesByPerson(await readRulesOfHolders(table, grants)), now);

/**
 * What live grants lose by a change that is made now: all that the sweep after it ends or shortens, and so also what the rules did not
 * cover before. Decided by the same functions as grants are; reads only the grants and rules that the rule can have to do with.
 */
export async function foretellLosses(table: Table, change: RuleChange, now: number): Promise<Losses<LiveGrant>> {
  if (!mayTake(change)) return { ends: [], shortens: [] };
  const { key, after } = change;
  const near = await readGrantsNear(table, [key]);
  const grants = near.flatMap((grant) => ifLive(grant, now) ?? []).filter((grant) => speaksOf(key, grant));
  const rules = await readRulesOfHolders(table, grants);
  const others = (rules.get(key.email) ?? []).filter((rule) =>
    'unreadable' in rule ? rule.unreadable !== ruleRowName(key) : !sameRule(rule, key),
  );
  return lossesOf(grants, rulesByPerson(rules.set(key.email, after ? [...others, after] : others)), now);
}
