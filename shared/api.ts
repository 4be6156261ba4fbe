import * as v from 'valibot';
import { duration, longest } from './durations';
import { ApiError } from './errors';
import { hostOf, isCidr, isDatabase, isDomain, isEmail, isHost, isLabel, ownDatabases } from './names';
import { roles } from './policy';
import type { ApiRequest } from './request';

const text = (most: number) =>
  v.pipe(v.string('must be text'), v.maxLength(most, `must be at most ${most} characters`));
// Plain letters only: some others, the Kelvin sign for one, become a plain letter in lower case.
const lowered = (most: number) =>
  v.pipe(
    text(most),
    v.regex(/^[ -~]*$/, 'must be plain letters, digits and signs'),
    v.transform((value) => value.toLowerCase()),
  );
const star = v.literal('*');

export const email = v.pipe(lowered(254), v.check(isEmail, 'must be an e-mail address such as you@lab.org'));
const host = v.pipe(
  lowered(260),
  v.transform(hostOf),
  v.check(isHost, 'must be a host such as mongodb03.lab.org or localhost:27020'),
);
const db = v.pipe(
  text(63),
  v.check(isDatabase, 'must be a database name: 1 to 63 letters, digits, _ and -'),
  v.check((name) => !ownDatabases.includes(name.toLowerCase()), 'admin, local and config are never granted'),
);
const role = v.picklist(Object.keys(roles), `must be one of ${Object.keys(roles).join(', ')}`);
const label = v.pipe(text(32), v.check(isLabel, 'must be at most 32 letters, digits, ., _ and -'));
const seconds = v.pipe(
  v.union([v.pipe(v.number(), v.integer()), v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number))]),
  v.minValue(1, 'must be at least 1 s'),
  longest,
);
const ttl = v.union([seconds, duration(1)], 'must be a duration such as "12 h", or a number of seconds');

const principal = v.pipe(
  lowered(254),
  v.check(
    (value) => value === '*' || isEmail(value) || (value.startsWith('*@') && isDomain(value.slice(2))),
    'must be an address, *@lab.org or *',
  ),
);
const dbPattern = v.pipe(
  text(64),
  v.check(
    (value) => value === '*' || isDatabase(value.replace(/\*$/, '')),
    'must be a database name, a prefix with one * at its end, or *',
  ),
  v.check((value) => !ownDatabases.includes(value.toLowerCase()), 'admin, local and config are never granted'),
);
const time = v.pipe(
  text(40),
  v.isoTimestamp('must be a time such as 2026-12-31T00:00:00Z'),
  v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time such as 2026-12-31T00:00:00Z'),
  v.transform((value) => Math.floor(Date.parse(value) / 1000)),
);
const cidrs = v.pipe(
  v.union(
    [
      v.pipe(
        text(1000),
        v.transform((value) => value.split(',').map((part) => part.trim())),
      ),
      v.array(text(50)),
    ],
    'must be a list of addresses',
  ),
  v.minLength(1, 'must name at least one address'),
  v.maxLength(20, 'must name at most 20 addresses'),
  v.everyItem(isCidr, 'must be addresses or ranges such as 10.0.0.0/8'),
);
const note = v.pipe(
  text(200),
  v.regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters'),
);

const ruleKey = {
  email: principal,
  host: v.union([star, host], 'must be a host or *'),
  db: dbPattern,
  role,
  which: v.picklist(['allow', 'deny'], 'must be allow or deny'),
};
const orStar = {
  host: v.optional(v.union([star, host])),
  db: v.optional(v.union([star, v.pipe(text(63), v.check(isDatabase, 'must be a database name or *'))])),
};

/** What each route takes, from its body or its query: one place to see every field and limit. */
export const inputs = {
  link: v.strictObject({ email }),
  grant: v.strictObject({ host, db, role, label: v.optional(label, ''), ttl: v.optional(ttl) }),
  grantFilter: v.strictObject({ email: v.optional(email), ...orStar }),
  revokeGrants: v.strictObject({
    email: v.optional(v.union([star, email])),
    ...orStar,
    role: v.optional(v.union([star, role])),
    label: v.optional(v.union([star, label])),
  }),
  revokeTokens: v.strictObject({ email: v.optional(email) }),
  rule: v.strictObject({
    ...ruleKey,
    expires: v.optional(time),
    maxTtl: v.optional(ttl),
    cidrs: v.optional(cidrs),
    note: v.optional(note),
  }),
  ruleKey: v.strictObject(ruleKey),
  ruleFilter: v.strictObject({ email: v.optional(principal) }),
  nothing: v.strictObject({}),
};

/** The input of one route, typed; a 400 that names the field otherwise. */
export function parse<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new ApiError('invalid_request', result.issues.map(explain).join('; '));
}

/** The query of a request, whose body must be empty: a filter there would go unread, and more be revoked than was meant. */
export function parseQuery<S extends v.GenericSchema>(schema: S, request: Pick<ApiRequest, 'query' | 'body'>) {
  requireNone(request.body, 'belongs in the query of this request, not in its body');
  return parse(schema, request.query);
}

/** The body of a request, whose query must be empty. */
export function parseBody<S extends v.GenericSchema>(schema: S, request: Pick<ApiRequest, 'query' | 'body'>) {
  requireNone(request.query, 'belongs in the body of this request, not in its query');
  return parse(schema, request.body);
}

function requireNone(fields: Record<string, unknown>, why: string): void {
  const [field] = Object.keys(fields);
  if (field !== undefined) throw new ApiError('invalid_request', `${field}: ${why}`);
}

function explain(issue: v.BaseIssue<unknown>): string {
  const field = v.getDotPath(issue) ?? 'body';
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${field}: is not a field of this request`;
  if (issue.input === undefined) return `${field}: is missing`;
  return `${field}: ${issue.message}`;
}
