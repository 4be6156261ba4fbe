import { indexPlaces } from './place-index';

/** The roles that can be granted, each with what it includes. A custom role is one more line here. */
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

/** What tells one rule from another. */
export type RuleKey = Pick<Rule, 'email' | 'host' | 'db' | 'role' | 'which'>;

/** Something stored that could not be read. Such a rule counts as a deny of everything, such a ruler may do nothing. */
export interface Unreadable {
  unreadable: string;
  /** Of the write that left it. */
  mark?: string;
}

/** What somebody asks for: exact values, never patterns. */
export interface Wish {
  email: string;
  host: string;
  db: string;
  role: string;
}

export interface Decision<R extends Rule = Rule> {
  allowed: boolean;
  /** The rule that decided; none where no rule matched. */
  rule?: R | Unreadable;
  /** Every rule that matched and has not expired. */
  matched: (R | Unreadable)[];
  /** Where the login may come from; empty for anywhere. */
  cidrs: string[];
  /** The latest moment to which a grant may live, in seconds since 1970. */
  until: number;
}

export interface Life {
  /** Seconds that the grant is to live, before any rule shortens it. */
  ttl: number;
  now: number;
}

/** The principals under which rules for this address are kept. */
export const principalsOf = (email: string): string[] => [email, `*${email.slice(email.lastIndexOf('@'))}`, '*'];

/** `deny` wins, no match is no, and what can't be read is a deny. Of several allows, the one that lets a grant live longest decides. */
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

/** Until when a grant may live that a rule gives now; for ever where it does not say. */
export const endOf = (rule: Rule | Unreadable, now: number): number =>
  'unreadable' in rule
    ? now
    : Math.min(now + (rule.maxTtl ?? Number.POSITIVE_INFINITY), rule.expiresAt ?? Number.POSITIVE_INFINITY);

/** Whether the rule speaks about this wish now. */
const matches = (rule: Rule, wish: Wish, now: number): boolean => !expired(rule, now) && speaksOf(rule, wish);

/** Whether the rule speaks about this wish as long as it counts. */
export function speaksOf(rule: RuleKey, wish: Wish): boolean {
  return (
    principalsOf(wish.email).includes(rule.email) &&
    (rule.host === '*' || rule.host === wish.host) &&
    covers(rule.db, wish.db) &&
    roleMatches(rule, wish.role)
  );
}

/** The keys that a rule may have with which this one contradicts itself: same principal, host and database, and a deny that takes the whole allow. */
export function opposites(rule: RuleKey): RuleKey[] {
  const which = rule.which === 'allow' ? 'deny' : 'allow';
  return Object.keys(roles)
    .filter((role) => roleMatches(rule, role))
    .map((role) => ({ ...keyOf(rule), role, which }));
}

export const sameRule = (a: RuleKey, b: RuleKey): boolean =>
  a.email === b.email && a.host === b.host && a.db === b.db && a.role === b.role && a.which === b.which;

/** The key alone. */
export const keyOf = ({ email, host, db, role, which }: RuleKey): RuleKey => ({ email, host, db, role, which });

/** An allow reaches down (readWrite allows read), a deny reaches up (no read means no readWrite). */
export function roleMatches(rule: Pick<Rule, 'role' | 'which'>, role: string): boolean {
  const [wide, narrow] = rule.which === 'allow' ? [rule.role, role] : [role, rule.role];
  return rolesIn(wide).includes(narrow);
}

/** What a role includes. A stored rule may name any text, `constructor` among them: that is no role. */
const rolesIn = (role: string): readonly string[] => (Object.hasOwn(roles, role) ? (roles[role] ?? []) : []);

export const expired = (rule: Pick<Rule, 'expiresAt'>, now: number): boolean =>
  rule.expiresAt !== undefined && rule.expiresAt <= now;

/** Whether everything that the inner name or pattern can match is matched by the outer one. */
export function covers(outer: string, inner: string): boolean {
  return outer.endsWith('*') ? inner.startsWith(outer.slice(0, -1)) : outer === inner;
}

/** What these rules open to the address, as `GET /me` lists it: the allows, each with what no deny takes away from it as a whole. */
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

/** Rules that allow equally long allow together; empty where one of them allows from anywhere. */
function union(allows: readonly Rule[]): string[] {
  return allows.every((rule) => rule.cidrs) ? [...new Set(allows.flatMap((rule) => rule.cidrs ?? []))].sort() : [];
}

/** A rule in one line, as the audit log names it. */
export const ruleName = (rule: RuleKey | Unreadable): string =>
  'unreadable' in rule
    ? `unreadable: ${rule.unreadable}`
    : `${rule.which} ${rule.email} ${rule.role} ${rule.host}/${rule.db}`;
