import { indexPlaces } from './place-index';

/** The roles that can be granted, each with the roles that it includes. A custom role is one more line here. */
export const roles: Readonly<Record<string, readonly string[]>> = { read: ['read'], readWrite: ['read', 'readWrite'] };

/** One statement: principal x host x database x role -> allow or deny. Times are whole seconds since 1970. */
export interface Rule {
  /** An exact address, `*@lab.org` or `*`. */
  email: string;
  /** A host or `*`. */
  host: string;
  /** A name, a prefix with one trailing `*`, or `*`. */
  db: string;
  role: string;
  which: 'allow' | 'deny';
  expiresAt?: number | undefined;
  /** Seconds. */
  maxTtl?: number | undefined;
  cidrs?: string[] | undefined;
  note?: string | undefined;
}

/** Identifies a rule. */
export type RuleKey = Pick<Rule, 'email' | 'host' | 'db' | 'role' | 'which'>;

/** A stored item that could not be read. Such a rule counts as a deny of everything; such a ruler may do nothing. */
export interface Unreadable {
  unreadable: string;
  /** The mark of the write that left it. */
  mark?: string;
}

/** What a person asks for: exact values, never patterns. */
export interface Wish {
  email: string;
  host: string;
  db: string;
  role: string;
}

export interface Decision<R extends Rule = Rule> {
  allowed: boolean;
  /** The rule that decided; none if no rule matched. */
  rule?: R | Unreadable;
  /** Every rule that matched and has not expired. */
  matched: (R | Unreadable)[];
  /** Where the login may come from; empty for anywhere. */
  cidrs: string[];
  /** The latest end that a grant may have, in seconds since 1970. */
  until: number;
}

export interface Life {
  /** How many seconds the grant is to live, before any rule shortens it. */
  ttl: number;
  now: number;
}

/** The principals whose rules may concern this address. */
export const principalsOf = (email: string): string[] => [email, `*${email.slice(email.lastIndexOf('@'))}`, '*'];

/** `deny` wins, no match means no, and an unreadable rule is a deny. Of several allows, the one that lets a grant live longest decides. */
export function decide<R extends Rule>(
  rules: readonly (R | Unreadable)[],
  wish: Wish,
  { ttl, now }: Life,
): Decision<R> {
  const matched = rules.filter((rule) => 'unreadable' in rule || matches(rule, wish, now));
  const deny = matched.find((rule) => 'unreadable' in rule || rule.which === 'deny');
  if (deny) return { allowed: false, rule: deny, matched, cidrs: [], until: now };
  const allows = matched.filter((rule): rule is R => !('unreadable' in rule));
  const ends = allows.map((rule) => Math.min(now + ttl, endOf(rule, now)));
  const until = Math.max(now, ...ends);
  const longest = allows.filter((_, index) => ends[index] === until);
  const [rule] = longest;
  if (!rule) return { allowed: false, matched, cidrs: [], until: now };
  return { allowed: true, rule, matched, cidrs: union(longest), until };
}

/** How long a grant that a rule gives now may live; for ever if the rule does not limit it. */
export const endOf = (rule: Rule | Unreadable, now: number): number =>
  'unreadable' in rule
    ? now
    : Math.min(now + (rule.maxTtl ?? Number.POSITIVE_INFINITY), rule.expiresAt ?? Number.POSITIVE_INFINITY);

/** Whether the rule applies to this wish now. */
const matches = (rule: Rule, wish: Wish, now: number): boolean => !expired(rule, now) && speaksOf(rule, wish);

/** Whether the rule applies to this wish, expired or not. */
export function speaksOf(rule: RuleKey, wish: Wish): boolean {
  return (
    principalsOf(wish.email).includes(rule.email) &&
    (rule.host === '*' || rule.host === wish.host) &&
    covers(rule.db, wish.db) &&
    roleMatches(rule, wish.role)
  );
}

/** The keys of rules that this one would contradict: same principal, host and database, and a deny that takes the whole allow. */
export function opposites(rule: RuleKey): RuleKey[] {
  const which = rule.which === 'allow' ? 'deny' : 'allow';
  return Object.keys(roles)
    .filter((role) => roleMatches(rule, role))
    .map((role) => ({ ...keyOf(rule), role, which }));
}

export const sameRule = (a: RuleKey, b: RuleKey): boolean =>
  a.email === b.email && a.host === b.host && a.db === b.db && a.role === b.role && a.which === b.which;

export const keyOf = ({ email, host, db, role, which }: RuleKey): RuleKey => ({ email, host, db, role, which });

/** An allow reaches down (readWrite allows read); a deny reaches up (no read means no readWrite). */
export function roleMatches(rule: Pick<Rule, 'role' | 'which'>, role: string): boolean {
  const [wide, narrow] = rule.which === 'allow' ? [rule.role, role] : [role, rule.role];
  return rolesIn(wide).includes(narrow);
}

/** The roles that a role includes. A stored rule may name any text, even `constructor`, which is no role. */
const rolesIn = (role: string): readonly string[] => (Object.hasOwn(roles, role) ? (roles[role] ?? []) : []);

export const expired = (rule: Pick<Rule, 'expiresAt'>, now: number): boolean =>
  rule.expiresAt !== undefined && rule.expiresAt <= now;

/** Whether the outer pattern matches everything that the inner name or pattern can match. */
export function covers(outer: string, inner: string): boolean {
  return outer.endsWith('*') ? inner.startsWith(outer.slice(0, -1)) : outer === inner;
}

/** What these rules open to the address, for `GET /me`: the allows, each without what a deny takes away as a whole. */
export function access(rules: readonly (Rule | Unreadable)[], now: number): Rule[] {
  if (rules.some((rule) => 'unreadable' in rule)) return [];
  const live = rules.filter((rule): rule is Rule => !('unreadable' in rule) && !expired(rule, now));
  const denies = indexPlaces<Rule>();
  for (const rule of live) if (rule.which === 'deny') denies.add(rule, rule);
  return live
    .filter((rule) => rule.which === 'allow')
    .flatMap((allow) => {
      const taking = denies.covering(allow);
      const left = rolesIn(allow.role).filter((role) => !taking.some((deny) => roleMatches(deny, role)));
      const widest = left.filter((role) => !left.some((other) => other !== role && rolesIn(other).includes(role)));
      return widest.map((role) => ({ ...allow, role }));
    });
}

/** Rules that allow equally long combine their addresses; empty if one of them allows any address. */
function union(allows: readonly Rule[]): string[] {
  return allows.every((rule) => rule.cidrs) ? [...new Set(allows.flatMap((rule) => rule.cidrs ?? []))].sort() : [];
}

/** A rule in one line, for the audit log. */
export const ruleName = (rule: RuleKey | Unreadable): string =>
  'unreadable' in rule
    ? `unreadable: ${rule.unreadable}`
    : `${rule.which} ${rule.email} ${rule.role} ${rule.host}/${rule.db}`;
