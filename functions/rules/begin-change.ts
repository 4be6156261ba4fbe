import { type Authority, claimsOf, governs, liveAuthority } from '../../shared/authenticate';
import { ApiError } from '../../shared/errors';
import { expired, keyOf, opposites, type RuleKey, ruleName, type Unreadable } from '../../shared/policy';
import { refuse } from '../../shared/refuse';
import type { ApiRequest } from '../../shared/request';
import { outside } from '../../shared/scope';
import type { Event } from '../../shared/store/audit';
import { readRule, type StoredRule } from '../../shared/store/rules';
import { versionOf } from '../../shared/store/versions';
import { seconds } from '../../shared/time';
import type { RulesDeps } from './rules';

/** A change of a rule by somebody who may make it. */
export interface Change {
  person: Authority;
  /** The rule with this key as it was read; none if there is none. */
  before: StoredRule | Unreadable | undefined;
  /** What an admin may not have noticed. */
  warnings: string[];
}

const problems = {
  rule_changed: 'Somebody else changed this rule since it was read. Read it again, then send it with its new version.',
  rule_unknown: 'There is no rule with this email, host, db, role and which. GET /rules lists them.',
} as const;

/** Reads all that a change of this rule depends on, and refuses who may not make it, and what was changed since it was `seen`. */
export async function beginChange(
  deps: RulesDeps,
  request: ApiRequest,
  { key, seen }: { key: RuleKey; seen: number | undefined },
  now: Date,
): Promise<Change> {
  const claims = await claimsOf(deps, request, now);
  const [person, before, ...others] = await Promise.all([
    liveAuthority(deps, claims),
    readRule(deps.table, key),
    ...opposites(key).map((opposite) => readRule(deps.table, opposite)),
  ]);
  const event = { email: key.email, by: person.email, rule: ruleName(keyOf(key)) };
  if (!governs(person, key) || !mayReplace(person, before))
    throw await refuse(deps.table, { act: 'rule_refused', ...event }, notAllowed(person, key), request, now);
  if (seen !== undefined && seen !== versionOf(before))
    throw await refuseChange(deps, request, event, 'rule_changed', now);
  return { person, before, warnings: others.flatMap((other) => contradiction(other, seconds(now))) };
}

/** Puts on record, and hands back to be thrown, that the rule is not as the request expects it. */
export const refuseChange = (
  { table }: RulesDeps,
  request: ApiRequest,
  event: Omit<Event, 'act'>,
  code: keyof typeof problems,
  now: Date,
): Promise<ApiError> =>
  refuse(table, { act: 'rule_refused', ...event }, new ApiError(code, problems[code]), request, now);

/**
 * What can't be read denies everything to everybody whom it names, which may be more than a ruler's scope. And without somebody else's
 * deny more is allowed, which a ruler who may only deny must not bring about.
 */
function mayReplace({ admin, scope, email }: Authority, before: Change['before']): boolean {
  if (admin || !before) return true;
  if ('unreadable' in before) return false;
  const own = before.asRuler === true && before.setBy === email;
  return before.which === 'allow' || own || scope?.which === 'all' || scope?.which.includes('allow') === true;
}

function notAllowed({ scope }: Authority, key: RuleKey): ApiError {
  if (!scope) return new ApiError('not_allowed', 'Only admins and rulers may change rules.');
  const parts = outside(scope, key);
  const why = parts.length > 0 ? `lies outside of your scope (${parts.join(', ')})` : 'was not set by you';
  return new ApiError('not_allowed', `This rule ${why}. GET /me shows your scope; ask an admin for more.`);
}

/** Allowed, because a deny wins, but seldom meant. */
function contradiction(other: StoredRule | Unreadable | undefined, now: number): string[] {
  if (!other || 'unreadable' in other || expired(other, now)) return [];
  return [`This contradicts the rule "${ruleName(other)}" of the same principal, host and database. The deny wins.`];
}
