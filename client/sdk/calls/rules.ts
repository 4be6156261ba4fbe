import { replies } from '../../../shared/contract/replies';
import { listRulesRoute } from '../../../shared/contract/routes/list-rules';
import { removeRuleRoute } from '../../../shared/contract/routes/remove-rule';
import { setRuleRoute } from '../../../shared/contract/routes/set-rule';
import { whyAllowedRoute } from '../../../shared/contract/routes/why-allowed';
import { ask, type ClientDeps, pages, read } from '../api/ask-api';
import { queryOf } from '../query-of';
import type { Losses, RemovedRule, Rule, SetRule, Unreadable, Why } from '../replies';

/** What names a rule. */
export interface RuleKey {
  email: string;
  host: string;
  db: string;
  role: string;
  which: 'allow' | 'deny';
  /** The change is refused if the rule no longer has this version; 0 for "there is none". */
  version?: number;
}

/** A rule to be set. */
export interface RuleInput extends RuleKey {
  /** ISO 8601. */
  expires?: string;
  /** The longest life of a login, such as `"7 d"`. */
  maxTtl?: string | number;
  /** The addresses from which a login works. */
  cidrs?: string[];
  note?: string;
}

/** With `dryRun`, the service only tells who would lose what. */
type How = { dryRun?: boolean };

/** All rules, or those of one principal. */
export const listRules = (api: ClientDeps, filter: { email?: string }): Promise<(Rule | Unreadable)[]> =>
  pages(api, { route: listRulesRoute, reply: replies.rules, query: queryOf(filter) }, (page) => page.rules);

export async function setRule(api: ClientDeps, body: RuleInput, { dryRun = false }: How): Promise<SetRule | Losses> {
  const request = { route: setRuleRoute, body } as const;
  return dryRun
    ? ask(api, { ...request, query: { dryRun: 'true' }, reply: replies.losses, repeat: 'always' })
    : ask(api, { ...request, reply: replies.rule, repeat: 'refused' });
}

export async function removeRule(
  api: ClientDeps,
  key: RuleKey,
  { dryRun = false }: How,
): Promise<RemovedRule | Losses> {
  const query = queryOf({ ...key, ...(dryRun && { dryRun }) });
  const request = { route: removeRuleRoute, query } as const;
  return dryRun
    ? ask(api, { ...request, reply: replies.losses, repeat: 'always' })
    : ask(api, { ...request, reply: replies.ruleRemoved, repeat: 'refused' });
}

/** The rule that decides about a wish, and all that have a say. */
export const explainRules = (
  api: ClientDeps,
  wish: { email?: string; host: string; db: string; role: string },
): Promise<Why> => read(api, { route: whyAllowedRoute, reply: replies.why, query: queryOf(wish) });
