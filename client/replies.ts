import * as v from 'valibot';

const text = v.string();
const cursor = v.optional(text);

/** A grant as the API shows it: never a password. */
export const grant = v.looseObject({
  email: text,
  host: text,
  db: text,
  role: text,
  label: text,
  username: text,
  issued: text,
  expires: text,
  state: text,
});
const scopePart = v.union([v.literal('all'), v.array(text)]);
const scope = v.object({ hosts: scopePart, dbs: scopePart, emails: scopePart, which: scopePart });
const rule = v.looseObject({
  email: text,
  host: text,
  db: text,
  role: text,
  which: v.picklist(['allow', 'deny']),
  expires: v.optional(text),
  maxTtl: v.optional(text),
  cidrs: v.optional(v.array(text)),
  note: v.optional(text),
  version: v.optional(v.number()),
});
const ruler = v.looseObject({ email: text, ...scope.entries, version: v.optional(v.number()) });
const unreadable = v.object({ unreadable: text });

/** What each request is answered with. */
export const replies = {
  link: v.object({ msg: text }),
  terminalLink: v.object({ msg: text, poll: text, code: text, interval: v.number() }),
  token: v.object({ token: text, email: text, expires: text }),
  polled: v.union([v.object({ token: text, email: text, expires: text }), v.object({ status: text })]),
  credential: v.looseObject({
    username: text,
    password: text,
    host: text,
    db: text,
    role: text,
    label: text,
    expires: text,
    uri: text,
  }),
  grant,
  grants: v.object({ grants: v.array(grant), cursor }),
  ended: v.object({ revoked: v.array(grant), pending: v.array(grant) }),
  revokedTokens: v.object({ revoked: v.number() }),
  me: v.looseObject({
    email: text,
    expires: text,
    admin: v.boolean(),
    ruler: v.boolean(),
    scope: v.optional(scope),
    access: v.array(v.looseObject({ host: text, db: text, role: text, expires: v.optional(text) })),
  }),
  rule: v.looseObject({ ...rule.entries, warnings: v.optional(v.array(text)) }),
  rules: v.object({ rules: v.array(v.union([unreadable, rule])), cursor }),
  losses: v.looseObject({
    ends: v.array(grant),
    shortens: v.array(v.looseObject({ ...grant.entries, newExpires: text })),
  }),
  why: v.looseObject({ allowed: v.boolean(), rule: v.optional(v.nullable(rule)), rules: v.array(rule) }),
  ruler,
  rulers: v.object({ rulers: v.array(v.union([unreadable, ruler])), cursor }),
  audit: v.object({ events: v.array(v.looseObject({})), cursor }),
};

export type Grant = v.InferOutput<typeof replies.grant>;
export type Me = v.InferOutput<typeof replies.me>;
export type Ended = v.InferOutput<typeof replies.ended>;
export type Rule = v.InferOutput<typeof rule>;
export type SetRule = v.InferOutput<typeof replies.rule>;
export type Losses = v.InferOutput<typeof replies.losses>;
export type Why = v.InferOutput<typeof replies.why>;
export type Ruler = v.InferOutput<typeof ruler>;
export type Unreadable = v.InferOutput<typeof unreadable>;
export type AuditPage = v.InferOutput<typeof replies.audit>;
