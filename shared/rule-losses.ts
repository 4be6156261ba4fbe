import { type Losses, lossesOf } from './losses';
import { principalsOf, type Rule, type RuleKey, sameRule, speaksOf, type Unreadable } from './policy';
import { type Grant, grantsOf, grantsOnHost, isLive, liveGrants, liveParts } from './store/grants';
import { keys } from './store/keys';
import { rulesUnder } from './store/rules';
import type { Table } from './store/table';

/** How many partitions of rules are read at once. */
const readsAtOnce = 20;

/**
 * What live grants lose if the rule with this key is changed to `after`, or removed: decided by the same functions as grants are. Reads
 * only the grants and rules that the rule can have to do with.
 */
export async function ruleLosses(
  table: Table,
  key: RuleKey,
  after: Rule | undefined,
  now: number,
): Promise<Losses<Grant>> {
  const grants = (await candidates(table, key)).filter((grant) => isLive(grant, now) && speaksOf(key, grant));
  const principals = [...new Set(grants.flatMap(({ email }) => principalsOf(email)))];
  const rules = new Map<string, (Rule | Unreadable)[]>();
  for (let at = 0; at < principals.length; at += readsAtOnce) {
    const some = principals.slice(at, at + readsAtOnce);
    await Promise.all(some.map(async (principal) => rules.set(principal, await rulesUnder(table, principal))));
  }
  const { pk, sk } = keys.rule(key);
  const others = (rules.get(key.email) ?? []).filter((rule) =>
    'unreadable' in rule ? rule.unreadable !== `${pk} ${sk}` : !sameRule(rule, key),
  );
  rules.set(key.email, after ? [...others, after] : others);
  return lossesOf(grants, ({ email }) => principalsOf(email).flatMap((principal) => rules.get(principal) ?? []), now);
}

/** The grants among which those are that the rule speaks about. */
async function candidates(table: Table, { email, host }: RuleKey): Promise<Grant[]> {
  if (!email.startsWith('*')) return grantsOf(table, email, host === '*' ? undefined : host);
  if (host !== '*') return grantsOnHost(table, host);
  return (await Promise.all(liveParts.map((part) => liveGrants(table, part)))).flat();
}
