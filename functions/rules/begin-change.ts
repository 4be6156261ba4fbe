import { together } from '../../shared/async/together';
import { ApiError } from '../../shared/contract/errors';
import { type AuthDeps, type Authority, governs, readAuthority, verifyClaims } from '../../shared/http/authenticate';
import type { Call } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import { expired, keyOf, opposites, type RuleKey, ruleName, type Unreadable } from '../../shared/policy/policy';
import { outside } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { readRule, type StoredRule } from '../../shared/store/rules';
import { versionOf } from '../../shared/store/versions';

export interface Wanted {
  key: RuleKey;
  /** The version that the person saw; none to change any version. */
  seen: number | undefined;
  dryRun: boolean | undefined;
}

/** A change of a rule by somebody who may make it. */
export interface Change {
  person: Authority;
  /** The rule with this key as it was read; none if there was none. */
  before: StoredRule | Unreadable | undefined;
  /** What the person may not have noticed. */
  warnings: string[];
}

/** Reads all that a change of this rule depends on. Refuses it if the person may not make it, or if the rule has changed since they saw it. */
export async function beginChange(deps: AuthDeps, call: Call, wanted: Wanted): Promise<Change> {
  const { key, seen } = wanted;
  const claims = await verifyClaims(deps, call);
  const [person, before, ...others] = await together([
    readAuthority(deps, claims, call),
    readRule(deps.table, key),
    ...opposites(key).map((opposite) => readRule(deps.table, opposite)),
  ]);
  reportUnreadable(deps.log, before ? [before] : [], call);
  if (!governs(person, key) || !mayReplace(person, before))
    throw refusalOf(wanted, notAllowed(person, key, before), person.email);
  if (seen !== undefined && seen !== versionOf(before)) throw refusalOf(wanted, notAsSeen(before), person.email);
  const warnings = others.flatMap((other) => contradiction(person, other, seconds(call.now)));
  return { person, before, warnings };
}

export function refusalOf({ key, dryRun }: Wanted, problem: ApiError, by: string): Refusal {
  const { email, ...wish } = keyOf(key);
  const event = { act: 'rule_refused', email, by, rule: ruleName(keyOf(key)), wish } as const;
  return new Refusal(problem, { ...event, ...(dryRun && { dryRun: true }) });
}

export const overtaken = (): ApiError =>
  new ApiError(
    'rule_changed',
    'Somebody else changed this rule at the same moment. Look at it, then send yours again.',
    1,
  );

const notAsSeen = (before: Change['before']): ApiError =>
  new ApiError(
    'rule_changed',
    before && 'unreadable' in before
      ? "This rule can't be read, so it has no version. Send the change without one."
      : 'Somebody else changed this rule since you read it. Read it again, then send yours with its new version (0: there is none).',
  );

/**
 * An unreadable rule denies everything to all whom it names, who may be outside a ruler's scope. To replace somebody else's deny allows
 * more, and a ruler who may only deny must not do that.
 */
function mayReplace({ admin, scope, email }: Authority, before: Change['before']): boolean {
  if (admin || !before) return true;
  if ('unreadable' in before) return false;
  const own = before.asRuler === true && before.setBy === email;
  return before.which === 'allow' || own || scope?.which === 'all' || scope?.which.includes('allow') === true;
}

function notAllowed({ scope }: Authority, key: RuleKey, before: Change['before']): ApiError {
  if (!scope) return new ApiError('not_allowed', 'Only admins and rulers may change rules.');
  const parts = outside(scope, key);
  const unreadable = before && 'unreadable' in before;
  const why =
    parts.length > 0
      ? `lies outside of your scope (${parts.join(', ')})`
      : unreadable
        ? "can't be read"
        : 'denies, and was set by somebody else';
  return new ApiError('not_allowed', `This rule ${why}. Ask an admin.`);
}

/** It is allowed, because a deny wins, but it is seldom meant. A rule outside a ruler's scope is not named. */
function contradiction(person: Authority, other: StoredRule | Unreadable | undefined, now: number): string[] {
  if (!other || 'unreadable' in other || expired(other, now)) return [];
  const which = governs(person, other) ? `the rule "${ruleName(other)}"` : 'a rule outside of your scope,';
  return [`This contradicts ${which} of the same principal, host and database. The deny wins.`];
}
