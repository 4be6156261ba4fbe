import * as v from 'valibot';
import { limits, limitsOnlyAllows } from '../../shared/contract/fields';
import { inputs } from '../../shared/contract/inputs';
import {
  address,
  dbName,
  dbPrefix,
  domain,
  durationShape,
  hostName,
  listOrAll,
  notePattern,
  rangesShape,
} from '../../shared/policy/patterns';
import { oneOrMore, shown } from './shown-fields';

const rule = inputs.rule.entries;
const ruler = inputs.ruler.entries;

const ruleFields = v.strictObject({
  email: oneOrMore(shown(rule.email, { pattern: `^(\\*|\\*@${domain}|${address})$` }), {
    description:
      'Whom the rule is about: an exact address, "*@lab.org" for everybody at one domain, or "*" for everybody. One, or a list. What begins with * needs quotes.',
    examples: ['ada@lab.org', '*@lab.org', ['ada@lab.org', 'grace@lab.org']],
  }),
  host: oneOrMore(
    shown(rule.host, { anyOf: undefined, type: 'string', maxLength: 260, pattern: `^(\\*|${hostName})$` }),
    {
      description:
        'A host as mongogrant knows it, with its port unless that is 27017, or "*" for all hosts. One, or a list.',
      examples: ['mongodb03.lab.org', 'localhost:27020', '*'],
    },
  ),
  db: oneOrMore(shown(rule.db, { pattern: `^(\\*|${dbName}\\*?)$` }), {
    description:
      'A database, all whose names begin alike (fw_*), or "*" for all but admin, local and config. One, or a list.',
    examples: ['fw_phonons', 'fw_*', '*'],
  }),
  role: oneOrMore(rule.role, {
    description: 'An allow on readWrite also allows read; a deny on read also denies readWrite. One, or a list.',
    examples: ['read', 'readWrite'],
  }),
  which: shown(rule.which, { description: 'Whether the rule allows or denies. One deny outweighs every allow.' }),
  expires: v.optional(
    shown(rule.expires.wrapped, {
      description: 'From then on the rule does not count. A time with its zone.',
      examples: ['2027-06-30T00:00:00Z', '2027-06-30T08:00:00+02:00'],
      // The format would refuse times that the API takes.
      format: undefined,
      pattern: v.ISO_TIMESTAMP_REGEX.source,
    }),
  ),
  maxTtl: v.optional(
    shown(rule.maxTtl.wrapped, {
      description: 'For allows: the longest life of a login that this rule allows. A duration, or a number of seconds.',
      examples: ['7 d', '12 h', '90 m'],
      ...durationShape,
    }),
  ),
  cidrs: v.optional(
    shown(rule.cidrs.wrapped, {
      description: 'For allows: logins work only from these addresses. A list of 1 to 20.',
      examples: [['10.0.0.0/8', '2001:db8::/32']],
      minLength: undefined,
      maxLength: undefined,
      ...rangesShape,
    }),
  ),
  note: v.optional(
    shown(rule.note.wrapped, {
      description: 'One line for people, such as why the rule is there. At most 200 characters.',
      examples: ['until the beam time in June'],
      pattern: notePattern,
    }),
  ),
});

export const ruleEntry = v.pipe(
  ruleFields,
  v.forward(
    v.partialCheck([['which'], ['maxTtl']], ({ which, maxTtl }) => limits(which, maxTtl), limitsOnlyAllows),
    ['maxTtl'],
  ),
  v.forward(
    v.partialCheck([['which'], ['cidrs']], ({ which, cidrs }) => limits(which, cidrs), limitsOnlyAllows),
    ['cidrs'],
  ),
  v.metadata({ description: 'One rule, or several alike: each email with each host, db and role.' }),
);

export const rulerEntry = shown(
  v.strictObject({
    email: shown(ruler.email, {
      description: 'Who may set and remove rules inside this scope.',
      examples: ['ada@lab.org'],
      pattern: `^${address}$`,
    }),
    hosts: shown(ruler.hosts, {
      description: 'The hosts that this ruler decides about: all, or a list. "all" is the only wildcard.',
      examples: ['all', ['mongodb03.lab.org']],
      ...listOrAll(hostName, 260),
    }),
    dbs: shown(ruler.dbs, {
      description: 'The beginnings of the database names that this ruler decides about: all, or a list.',
      examples: ['all', ['fw_']],
      ...listOrAll(dbPrefix, 63),
    }),
    emails: shown(ruler.emails, {
      description: 'The domains whose people this ruler decides about: all, or a list. Each with its @, and in quotes.',
      examples: ['all', ['@lab.org']],
      ...listOrAll(`@${domain}`, 254),
    }),
    which: shown(ruler.which, {
      description: 'Whether this ruler may allow, deny, or both: all, or a list.',
      examples: ['all', ['allow'], ['allow', 'deny']],
    }),
  }),
  { description: 'A ruler: somebody who may set rules inside a scope.' },
);

/** The whole file, as it is written. Each entry is checked by itself, so that all that is wrong is found at once. */
export const rulesFile = shown(
  v.strictObject({
    rules: v.optional(
      shown(v.array(ruleEntry), {
        description:
          'Who may have which role on which database of which host. Without this key the file leaves all rules alone.',
      }),
    ),
    rulers: v.optional(
      shown(v.array(rulerEntry), {
        description:
          'Who may set rules for others. Without this key the file leaves all rulers alone. For admins only.',
      }),
    ),
    unlisted: v.optional(
      shown(v.picklist(['remove', 'keep'], 'must be remove or keep'), {
        description:
          'What becomes of rules and rulers that the file does not name: they are removed, or kept as they are. Keep them where rulers also set rules in another way.',
      }),
      'remove',
    ),
  }),
  { title: 'mongogrant rules', description: 'The rules and rulers of a mongogrant service.' },
);
