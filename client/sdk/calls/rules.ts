import { replies } from '../../../shared/contract/replies';
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
export interface How {
  dryRun?: boolean;
}

/** All rules, or those of one principal. */
export const listRules = (api: ClientDeps, filter: { email?: string }): Promise<(Rule | Unreadable)[]> =>
  pages(
    (cursor) => read(api, replies.rules, '/rules', { ...queryOf(filter), ...cursor }),
    ({ rules }) => rules,
  );

/** Sets a rule. */
export async function setRule(api: ClientDeps, body: RuleInput, { dryRun = false }: How): Promise<SetRule | Losses> {
  const request = { method: 'PUT', path: '/rules', body } as const;
  return dryRun
    ? ask(api, { ...request, query: { dryRun: 'true' }, answer: replies.losses, repeat: 'always' })
    : ask(api, { ...request, answer: replies.rule, repeat: 'refused' });
}

/** Removes a rule. */
export async function removeRule(
  api: ClientDeps,
  key: RuleKey,
  { dryRun = false }: How,
): Promise<RemovedRule | Losses> {
  const query = queryOf({ ...key, ...(dryRun && { dryRun }) });
  const request = { method: 'DELETE', path: '/rules', query } as const;
  return dryRun
    ? ask(api, { ...request, answer: replies.losses, repeat: 'always' })
    : ask(api, { ...request, answer: replies.ruleRemoved, repeat: 'refused' });
}

/** The rule that decides about a wish, and all that have a say. */
export const explainRules = (
  api: ClientDeps,
  wish: { email?: string; host: string; db: string; role: string },
): Promise<Why> => read(api, replies.why, '/rules/why', queryOf(wish));
