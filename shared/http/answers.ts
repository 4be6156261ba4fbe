import { durationText } from '../policy/durations';
import type { Losses } from '../policy/losses';
import type { Rule, Unreadable } from '../policy/policy';
import { iso } from '../policy/time';
import type { Grant, LiveGrant, LivingGrant } from '../store/grants/row';
import { passwordVersionOf } from '../store/grants/states';
import type { StoredRuler } from '../store/rulers';
import type { StoredRule } from '../store/rules';

/** A grant as the API shows it, without a password. */
export const grantAnswer = (grant: Grant) => ({
  ...placeAnswer(grant, grant.state),
  ...(grant.state === 'active' && grant.lostAt !== undefined && { lost: true }),
});

/** The same for a grant that ends now, whatever was read before. */
export const endingAnswer = (grant: LivingGrant) => placeAnswer(grant, 'ending');

const placeAnswer = (grant: Grant, state: Grant['state']) => {
  const { email, host, db, role, label, username, issuedAt, passwordAt, expiresAt, extendedAt, cidrs } = grant;
  return {
    ...{ email, host, db, role, label, username },
    issued: iso(issuedAt),
    passwordVersion: passwordVersionOf(grant),
    ...(passwordAt !== undefined && { passwordIssued: iso(passwordAt) }),
    expires: iso(expiresAt),
    ...(extendedAt !== undefined && { renewed: iso(extendedAt) }),
    state,
    ...(cidrs && cidrs.length > 0 && { cidrs }),
  };
};

/** More would not fit into one answer of Lambda, and nobody would read them. */
const mostLosses = 500;

/** The grants that would end, and those that would end sooner. The lists may be cut, so the counts come with them. */
export const lossesAnswer = ({ ends, shortens }: Losses<LiveGrant>) => ({
  ends: ends.slice(0, mostLosses).map(grantAnswer),
  shortens: shortens
    .slice(0, mostLosses)
    .map(({ grant, until }) => ({ ...grantAnswer(grant), newExpires: iso(until) })),
  counts: { ends: ends.length, shortens: shortens.length },
});

/** A rule as the API shows it, in a form that can be set again. */
export const ruleAnswer = ({ email, host, db, role, which, expiresAt, maxTtl, cidrs, note }: Rule) => ({
  email,
  host,
  db,
  role,
  which,
  ...(expiresAt !== undefined && { expires: iso(expiresAt) }),
  ...(maxTtl !== undefined && { maxTtl: durationText(maxTtl) }),
  ...(cidrs && { cidrs }),
  ...(note && { note }),
});

/** A stored rule with its version, so that it can be set again if nobody changed it. */
export const storedRuleAnswer = (rule: StoredRule | Unreadable) =>
  'unreadable' in rule ? unreadableAnswer(rule) : { ...ruleAnswer(rule), version: rule.version };

export const rulerAnswer = (ruler: StoredRuler | Unreadable) => {
  if ('unreadable' in ruler) return unreadableAnswer(ruler);
  const { email, hosts, dbs, emails, which, version } = ruler;
  return { email, hosts, dbs, emails, which, version };
};

export const unreadableAnswer = ({ unreadable }: Unreadable) => ({ unreadable });
