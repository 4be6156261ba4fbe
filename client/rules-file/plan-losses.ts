import { append } from '../../shared/policy/grouped';
import { mayTake, type RuleChange } from '../../shared/policy/losses';
import { opposites, type Rule, type Unreadable, type Wish } from '../../shared/policy/policy';
import { rulesByPerson, speakers } from '../../shared/policy/rule-index';
import { principalIn } from '../../shared/store/row-name';
import type { Edit } from './changes';
import { nameOfKey } from './expand-rules';
import type { LiveGrant } from './service-state';

/** The rules as they will be: those that can be read, and those that can't. */
export interface FinalRules {
  rules: readonly Rule[];
  unreadable: readonly Unreadable[];
}

/** The live grants that an edit speaks about, and may take something from: the service sweeps no others. */
export function touchedBy(edits: readonly Edit<Rule>[], grants: readonly LiveGrant[]): LiveGrant[] {
  const taking = edits.map(changeIn).filter(mayTake);
  return grants.filter(speakers(taking.map(({ key }) => key)).speakAbout);
}

const changeIn = (edit: Edit<Rule>): RuleChange => ({
  key: edit.after ?? edit.before,
  before: edit.before,
  after: edit.after,
});

/** Finds the rules that will decide about what somebody holds, those that can't be read among them. */
export function finalRulesAbout({ rules, unreadable }: FinalRules): (wish: Wish) => (Rule | Unreadable)[] {
  const under = new Map<string, (Rule | Unreadable)[]>();
  for (const rule of rules) append(under, rule.email, rule);
  for (const hidden of unreadable) append(under, principalIn(hidden.unreadable), hidden);
  return rulesByPerson(under);
}

/** Finds each allow that a deny takes back as a whole, if one of the two is new. The service takes both, but nobody means it so. */
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
