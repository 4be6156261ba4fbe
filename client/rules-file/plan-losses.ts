import { type Losses, lossesOf } from '../../shared/losses';
import { opposites, principalsOf, type Rule, type RuleKey, speaksOf, type Unreadable } from '../../shared/policy';
import { keys } from '../../shared/store/keys';
import type { Edit } from './changes';
import { nameOfKey } from './expand-rules';
import type { LiveGrant } from './service-state';

/** The rules as they will be: those that can be read, and the names of those that can't. */
export interface FinalRules {
  rules: readonly Rule[];
  unreadable: readonly string[];
}

/** What live grants lose under the final rules: only grants that an edit speaks about, for what others lack they lacked before. */
export function lossesUnder(
  { rules, unreadable }: FinalRules,
  edits: readonly Edit<Rule>[],
  grants: readonly LiveGrant[],
  now: number,
): Losses<LiveGrant> {
  const rulesFor = rulesByPerson({ rules, unreadable });
  const edited = byPrincipal(edits.map((edit) => edit.after ?? edit.before));
  const touched = grants.filter((grant) =>
    principalsOf(grant.email).some((principal) => edited.get(principal)?.some((rule) => speaksOf(rule, grant))),
  );
  return lossesOf(touched, rulesFor, now);
}

/** Finds all rules that can speak about a person, those that can't be read among them. */
export function rulesByPerson({ rules, unreadable }: FinalRules): (person: { email: string }) => (Rule | Unreadable)[] {
  const groups = byPrincipal(rules);
  const hidden = (principal: string) =>
    unreadable.filter((name) => name.startsWith(`${keys.rules(principal)} `)).map((name) => ({ unreadable: name }));
  return ({ email }) =>
    principalsOf(email).flatMap((principal) => [...(groups.get(principal) ?? []), ...hidden(principal)]);
}

/** An allow beside a deny that takes all of it, where one of the two is new: allowed, and seldom meant. */
export function contradictions({ rules }: FinalRules, edits: readonly Edit<Rule>[]): string[] {
  const names = new Set(rules.map(nameOfKey));
  const edited = new Set(edits.flatMap(({ after }) => (after ? [nameOfKey(after)] : [])));
  return rules
    .filter(({ which }) => which === 'allow')
    .flatMap((allow) =>
      opposites(allow)
        .map(nameOfKey)
        .filter((deny) => names.has(deny) && (edited.has(deny) || edited.has(nameOfKey(allow))))
        .map((deny) => `"${nameOfKey(allow)}" comes to nothing, as "${deny}" denies all of it.`),
    );
}

function byPrincipal<R extends RuleKey>(rules: readonly R[]): Map<string, R[]> {
  const groups = new Map<string, R[]>();
  for (const rule of rules) {
    const group = groups.get(rule.email);
    if (group) group.push(rule);
    else groups.set(rule.email, [rule]);
  }
  return groups;
}
