import * as v from 'valibot';
import {
  cidrs,
  code,
  cursor,
  db,
  dbPattern,
  email,
  flag,
  given,
  host,
  label,
  limits,
  limitsOnlyAllows,
  moment,
  note,
  poll,
  principal,
  role,
  scope,
  star,
  text,
  time,
  ttl,
  version,
  which,
  yes,
} from './fields';
import { isDatabase } from './names';

const ruleKey = {
  email: principal,
  host: v.union([star, host], 'must be a host or *'),
  db: dbPattern,
  role,
  which,
};
const anybody = v.optional(v.union([star, email], 'must be an address or *'));
const orStar = {
  host: v.optional(v.union([star, host], 'must be a host or *')),
  db: v.optional(v.union([star, v.pipe(text(63), v.check(isDatabase))], 'must be a database name or *')),
};

/** What each route takes, from its body or its query: one place to see every field and limit. */
export const inputs = {
  link: v.strictObject({ email, terminal: v.optional(flag, false) }),
  /** A code for the link of a terminal login, nothing for any other. */
  redeem: v.strictObject({ code: v.optional(code) }),
  poll: v.strictObject({ poll }),
  grant: v.strictObject({ host, db, role, label: v.optional(label, ''), ttl: v.optional(ttl) }),
  grantFilter: v.strictObject({ email: anybody, ...orStar, cursor: v.optional(cursor) }),
  revokeGrants: v.strictObject({
    email: anybody,
    ...orStar,
    role: v.optional(v.union([star, role], 'must be a role or *')),
    label: v.optional(v.union([star, label], 'must be a label or *')),
  }),
  revokeTokens: v.strictObject({ email: v.optional(email) }),
  rule: v.pipe(
    v.strictObject({
      ...ruleKey,
      expires: v.optional(time),
      maxTtl: v.optional(ttl),
      cidrs: v.optional(cidrs),
      note: v.optional(note),
      version: v.optional(version),
    }),
    v.forward(
      v.partialCheck([['which'], ['maxTtl']], ({ which, maxTtl }) => limits(which, maxTtl), limitsOnlyAllows),
      ['maxTtl'],
    ),
    v.forward(
      v.partialCheck([['which'], ['cidrs']], ({ which, cidrs }) => limits(which, cidrs), limitsOnlyAllows),
      ['cidrs'],
    ),
  ),
  ruleKey: v.strictObject({ ...ruleKey, version: v.optional(version), dryRun: v.optional(yes) }),
  ruleFilter: v.strictObject({ email: v.optional(principal), cursor: v.optional(cursor) }),
  why: v.strictObject({ email: v.optional(email), host, db, role }),
  dryRun: v.strictObject({ dryRun: v.optional(yes) }),
  ruler: v.strictObject({ email, ...scope, version: v.optional(version) }),
  rulerKey: v.strictObject({ email, version: v.optional(version) }),
  rulerFilter: v.strictObject({ email: v.optional(email), cursor: v.optional(cursor) }),
  auditFilter: v.strictObject({
    from: v.optional(moment),
    to: v.optional(moment),
    email: v.optional(principal),
    host: v.optional(host),
    cursor: v.optional(cursor),
  }),
  getToken: v.strictObject({ email }),
  pythonGrant: v.strictObject({ host, db, role }),
  /** What else is wrong with these is answered in a way of its own. */
  pythonRule: v.strictObject({ email: given, host: given, db: given, role, which }),
  nothing: v.strictObject({}),
};
