import * as v from 'valibot';

// The promises of the API about its answers. Clients parse with these schemas. A newer service may send more fields, roles, states, acts and
// codes, so the last four are plain text.

const said = (what: string) => v.pipe(v.string(), v.description(what));
const text = v.string();
const moment = (what: string) => v.pipe(v.string(), v.isoTimestamp(), v.description(what));
const count = (what: string) => v.pipe(v.number(), v.integer(), v.description(what));
const list = v.array(text);
const which = v.picklist(['allow', 'deny']);
const cursor = v.optional(said('There may be more: ask the same again with this cursor.'));
const cidrs = v.optional(v.pipe(list, v.description('Where the login may come from; from anywhere without it.')));
const version = v.pipe(
  v.number(),
  v.integer(),
  v.description('Send it with a change, and the change fails if another came first.'),
);

const email = said('An address, in lower case.');
const principal = said('An address, *@lab.org or *.');
const place = {
  host: said('A host such as mongodb03.lab.org or localhost:27020.'),
  db: said('A database.'),
  role: said('read or readWrite.'),
};
const label = said('What tells several logins for one database apart; empty for none.');

const passwordVersion = v.optional(
  count('Counts the passwords of this login. If it is not the one that came with yours, your password was replaced.'),
);

const token = v.object({
  token: said('The fetch token. Send it as "Authorization: Bearer ...".'),
  email,
  expires: moment('When the token ends.'),
});

const ca = v.optional(
  said(
    "The authorities that sign the host's certificate, in PEM, where the host has some of its own. Save it to a file, and add &tlsCAFile= with that file to the address.",
  ),
);

const credential = v.object({
  username: text,
  password: said('Shown this once, and stored nowhere.'),
  ...place,
  label,
  expires: moment('When the login ends.'),
  passwordVersion,
  uri: said("A connection string that is ready to use, with the password and the host's options."),
  ca,
});

/** A grant as lists show it, without a password. */
export const grant = v.object({
  email,
  ...place,
  label,
  username: text,
  issued: moment('When it was first handed out.'),
  passwordVersion,
  passwordIssued: v.optional(moment('When its present password was made; missing where that is not known.')),
  expires: moment('When it ends.'),
  renewed: v.optional(moment('When its end was last set anew, by a renewal or with a new password.')),
  state: said('pending, active, ending or ended.'),
  cidrs,
  lost: v.optional(v.pipe(v.boolean(), v.description('Its user was removed on the server, and not by mongogrant.'))),
});

const ruleKey = {
  email: principal,
  host: said('A host or *.'),
  db: said('A database, a prefix with one * at its end, or *.'),
  role: place.role,
  which,
};
const plainRule = v.object({
  ...ruleKey,
  expires: v.optional(moment('When the rule stops to count.')),
  maxTtl: v.optional(said('The longest life of a grant, such as "12 h".')),
  cidrs,
  note: v.optional(text),
});
const unreadableRows = v.optional(
  v.pipe(list, v.description("For admins: the keys of rows that can't be read. Their logins may be alive.")),
);

/** A rule, in a form that can be set again. */
export const rule = v.object({ ...plainRule.entries, version });

const warnings = v.optional(
  v.pipe(list, v.description('What people seldom mean: a contradiction, or a host on which no login can begin.')),
);

const part = v.union([v.literal('all'), list]);
/** What a ruler may decide: every part is `"all"` or a list. */
export const scope = v.object({
  hosts: v.pipe(part, v.description('Hosts by name.')),
  dbs: v.pipe(part, v.description('Beginnings of database names.')),
  emails: v.pipe(part, v.description('Whole domains, each with its @.')),
  which: v.union([v.literal('all'), v.array(which)]),
});
export const ruler = v.object({ email, ...scope.entries, version });

/** A stored item that can't be read, by its key. Such a rule denies everything to those it names; such a ruler may do nothing. */
export const unreadable = v.object({ unreadable: said('Where it lies in the table.') });
export const storedRule = v.union([unreadable, rule]);
const storedRuler = v.union([unreadable, ruler]);

const eventGrant = v.object({ id: text, ...place, label, username: text, expires: text });
const facts = v.record(text, v.unknown());
/** One event of the audit log. `act` and the reader decide which fields it has. */
export const event = v.object({
  act: said('What happened: granted, ended, rule_set, ...'),
  at: said('When.'),
  email: said('Whose link, token, grant or rule; a host job names itself.'),
  by: v.optional(said('Who acted, where it was somebody else.')),
  ip: v.optional(said('From where the request came.')),
  requestId: v.optional(text),
  why: v.optional(said('Why a grant ends.')),
  reason: v.optional(said('Why it was refused or is not done: an error code.')),
  rule: v.optional(said('The rule that decided.')),
  grant: v.optional(eventGrant),
  host: v.optional(text),
  user: v.optional(v.object({ user: text, db: text })),
  figures: v.optional(facts),
  wish: v.optional(facts),
  link: v.optional(said('The link or token by its id, which opens nothing.')),
  count: v.optional(v.number()),
  proof: v.optional(v.pipe(facts, v.description('How it was shown that a login is dead.'))),
  before: v.optional(v.pipe(facts, v.description('A rule, ruler or MongoDB user as it was.'))),
  after: v.optional(v.pipe(facts, v.description('And as it is now.'))),
  route: v.optional(text),
  dryRun: v.optional(v.boolean()),
  unreadable: v.optional(said('An event that cannot be read, by its key.')),
});

const { email: _email, which: _which, note: _note, ...access } = plainRule.entries;

/** Every JSON answer of the API, by its kind. */
export const replies = {
  service: v.object({
    name: v.pipe(v.literal('mongogrant'), v.description('By this a client knows what it reached.')),
    labName: v.optional(said('Who runs it.')),
    contact: v.optional(said('Whom to ask: an e-mail address or a web address.')),
  }),
  linkRequested: v.object({ msg: said('For people. The same for every address.') }),
  terminalLink: v.object({
    msg: text,
    poll: said('The secret with which this terminal asks for the token. Show it to nobody.'),
    code: said('The person types it on the page behind the mailed link.'),
    interval: v.pipe(v.number(), v.description('Seconds to wait between two polls.')),
  }),
  loginConfirmed: v.object({ msg: said('For people: go back to the terminal.') }),
  pending: v.object({ status: v.literal('pending') }),
  token,
  grant: credential,
  renewed: v.object({ ...grant.entries, ca }),
  renewals: v.object({
    renewals: v.array(
      v.object({
        ...place,
        label,
        kept: v.boolean(),
        expires: v.optional(moment('Until when it is kept.')),
        code: v.optional(said('Why it is not kept: an error code.')),
        detail: v.optional(said('The same for people.')),
      }),
    ),
  }),
  grants: v.object({ grants: v.array(grant), unreadable: unreadableRows, cursor }),
  revoked: v.object({
    revoked: v.pipe(v.array(grant), v.description('Ended, and shown to be dead.')),
    pending: v.pipe(
      v.array(grant),
      v.description('Not ended yet, for instance as the host did not answer; mongogrant goes on by itself.'),
    ),
    counts: v.optional(
      v.pipe(
        v.object({ revoked: count('In all.'), pending: count('In all.') }),
        v.description('Where there are more than an answer can hold: how many were found.'),
      ),
    ),
    more: v.optional(
      v.pipe(
        v.boolean(),
        v.description('There are others, too many to be counted in time. mongogrant ends them, too.'),
      ),
    ),
    unreadable: v.optional(
      v.pipe(
        v.array(v.object({ email, ...place, label })),
        v.description("Grants whose records can't be read, so that they can't be ended. Tell an admin."),
      ),
    ),
  }),
  tokensRevoked: v.object({ revoked: count('How many tokens.') }),
  me: v.object({
    email,
    expires: moment('When the token ends.'),
    admin: v.boolean(),
    ruler: v.boolean(),
    scope: v.optional(scope),
    access: v.array(v.object(access)),
  }),
  rules: v.object({ rules: v.array(storedRule), cursor }),
  rule: v.object({
    ...rule.entries,
    replaced: v.optional(v.union([unreadable, plainRule])),
    warnings,
  }),
  /** The removed rule, or only its key if it could not be read. */
  ruleRemoved: v.object({ ...rule.entries, version: v.optional(version) }),
  losses: v.object({
    ends: v.array(grant),
    shortens: v.array(v.object({ ...grant.entries, newExpires: moment('When it would end.') })),
    counts: v.object({ ends: count('How many.'), shortens: count('How many.') }),
    warnings,
  }),
  why: v.object({
    allowed: v.boolean(),
    rule: v.nullable(storedRule),
    rules: v.array(storedRule),
    hidden: v.optional(count('How many more rules have a say that you may not see.')),
    host: v.optional(
      said(
        'registered, unregistered or retired. For admins, for rulers in whose scope the host is, and for people whose rule names it.',
      ),
    ),
  }),
  rulers: v.object({ rulers: v.array(storedRuler), cursor }),
  ruler: v.object({ ...ruler.entries, replaced: v.optional(storedRuler) }),
  rulerRemoved: storedRuler,
  pythonLinkSent: v.object({ msg: said('For people. The same for every address.') }),
  pythonGrant: v.object({ password: text, username: text }),
  pythonRefusal: said('Why, for people.'),
  pythonRuleSet: v.union([
    v.object({ success: v.literal(true) }),
    v.object({ success: v.literal(false), error: said('Why not, for people.') }),
  ]),
  audit: v.object({ events: v.array(event), cursor }),
  problem: v.object({
    type: text,
    title: text,
    status: v.pipe(v.number(), v.integer()),
    detail: said('For people: what happened, and what to do next.'),
    code: said('Stable: branch on it.'),
    requestId: said('Tell it to your admin.'),
  }),
};
