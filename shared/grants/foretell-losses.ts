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

const readsAtOnce = 20;

/** All rules for the owners of these grants, by principal. */
async function readRulesOfHolders(table: Table, grants: readonly Grant[]): Promise<Map<string, (Rule | Unreadable)[]>> {
  const principals = [...new Set(grants.flatMap(({ email }) => principalsOf(email)))];
  const read = await sideBySide(readsAtOnce, principals, (principal) => readRulesUnder(table, principal));
  return new Map(principals.map((one, index) => [one, read[index] ?? []]));
}

/** What these grants have lost by the current rules. */
export const readLosses = async (table: Table, grants: readonly LiveGrant[], now: number): Promise<Losses<LiveGrant>> =>
  lossesOf(grants, rulesByPerson(await readRulesOfHolders(table, grants)), now);

/**
 * What live grants lose by a change now: all that the sweep ends or shortens after it, so also what earlier rules did not cover. It decides
 * with the functions that decide grants, and reads only the grants and rules that the change can concern.
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
