import { named } from './filter';
import { type Losses, lossesOf } from './losses';
import { principalsOf, type Rule, type RuleKey, sameRule, speaksOf, type Unreadable } from './policy';
import { sideBySide } from './side-by-side';
import { allLiveGrants, type Grant, grantsOf, grantsOnHost, isLive } from './store/grants';
import { keys } from './store/keys';
import { rulesUnder } from './store/rules';
import type { Table } from './store/table';

/** How many partitions of rules are read at once. */
const readsAtOnce = 20;

/** Live grants that a rule can speak about, and all the rules of those who hold them. */
async function touchedBy(table: Table, key: RuleKey, now: number) {
  const grants = (await candidates(table, key)).filter((grant) => isLive(grant, now) && speaksOf(key, grant));
  const principals = [...new Set(grants.flatMap(({ email }) => principalsOf(email)))];
  const read = await sideBySide(readsAtOnce, principals, (principal) => rulesUnder(table, principal));
  const rules = new Map<string, (Rule | Unreadable)[]>(principals.map((one, index) => [one, read[index] ?? []]));
  return { grants, rules };
}

const lost = (grants: Grant[], rules: ReadonlyMap<string, (Rule | Unreadable)[]>, now: number): Losses<Grant> =>
  lossesOf(grants, ({ email }) => principalsOf(email).flatMap((principal) => rules.get(principal) ?? []), now);

/** What live grants have lost by the rules as they are, of those that a rule with this key can speak about. */
export async function lossesNow(table: Table, key: RuleKey, now: number): Promise<Losses<Grant>> {
  const { grants, rules } = await touchedBy(table, key, now);
  return lost(grants, rules, now);
}

/**
 * What live grants lose if the rule with this key is changed to `after`, or removed, and have not lost already: decided by the same
 * functions as grants are. Reads only the grants and rules that the rule can have to do with.
 */
export async function ruleLosses(
  table: Table,
  key: RuleKey,
  after: Rule | undefined,
  now: number,
): Promise<Losses<Grant>> {
  const { grants, rules } = await touchedBy(table, key, now);
  const { pk, sk } = keys.rule(key);
  const others = (rules.get(key.email) ?? []).filter((rule) =>
    'unreadable' in rule ? rule.unreadable !== `${pk} ${sk}` : !sameRule(rule, key),
  );
  const changed = new Map(rules).set(key.email, after ? [...others, after] : others);
  return beyond(lost(grants, rules, now), lost(grants, changed, now));
}

/** What is lost after a change and was not before. */
function beyond(before: Losses<Grant>, after: Losses<Grant>): Losses<Grant> {
  const ended = new Set(before.ends);
  const until = new Map(before.shortens.map(({ grant, until }) => [grant, until]));
  return {
    ends: after.ends.filter((grant) => !ended.has(grant)),
    shortens: after.shortens.filter(({ grant, until: end }) => end < (until.get(grant) ?? Number.POSITIVE_INFINITY)),
  };
}

/** The grants among which those are that the rule speaks about. */
async function candidates(table: Table, { email, host }: RuleKey): Promise<Grant[]> {
  const onHost = named(host);
  if (!email.startsWith('*')) return grantsOf(table, email, onHost);
  if (onHost !== undefined) return grantsOnHost(table, onHost);
  return allLiveGrants(table);
}
