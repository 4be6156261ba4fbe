import * as v from 'valibot';
import { limits, limitsOnlyAllows } from '../../shared/contract/fields/terms';
import { hostName } from '../../shared/contract/patterns';
import { setRuleRoute } from '../../shared/contract/routes/set-rule';
import { setRulerRoute } from '../../shared/contract/routes/set-ruler';

/** A schema with what editors show and check, in place of what its own field says. */
const shown = <S extends v.GenericSchema>(schema: S, metadata: Record<string, unknown>) =>
  v.pipe(schema, v.metadata(metadata));

/** A list of fields, or one in its place, with the words of the field and `more`. `orOne` tells the JSON Schema so. */
const oneOrMore = <S extends v.GenericSchema>(one: S, more: string) => {
  const { description, examples }: Record<string, unknown> = v.getMetadata(one);
  return v.pipe(
    v.unknown(),
    v.transform((value) => (Array.isArray(value) ? value : [value])),
    v.array(one),
    v.minLength(1, 'must name at least one'),
    v.metadata({ description: `${description} ${more}`, examples, orOne: true }),
  );
};

const rule = setRuleRoute.body.entries;
const ruler = setRulerRoute.body.entries;

/** The fields are those of `PUT /rules`, with their words; here, some may be lists. */
const ruleFields = v.strictObject({
  email: oneOrMore(rule.email, 'One, or a list. What begins with * needs quotes.'),
  host: oneOrMore(
    shown(rule.host, {
      description: 'A host as mongogrant knows it, with its port unless that is 27017, or "*" for all hosts.',
      examples: ['mongodb03.lab.org', 'localhost:27020', '*'],
      anyOf: undefined,
      type: 'string',
      maxLength: 260,
      pattern: `^(\\*|${hostName})$`,
    }),
    'One, or a list.',
  ),
  db: oneOrMore(rule.db, 'One, or a list.'),
  role: oneOrMore(rule.role, 'One, or a list.'),
  which: rule.which,
  expires: v.optional(
    shown(rule.expires.wrapped, {
      description: 'From then on the rule does not count. A time with its zone.',
      // The format would refuse times that the API takes.
      format: undefined,
      pattern: v.ISO_TIMESTAMP_REGEX.source,
    }),
  ),
  maxTtl: v.optional(
    shown(rule.maxTtl.wrapped, {
      description: 'For allows: the longest life of a login that this rule allows. A duration, or a number of seconds.',
    }),
  ),
  cidrs: rule.cidrs,
  note: rule.note,
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
    email: shown(ruler.email, { description: 'Who may set and remove rules inside this scope.' }),
    hosts: ruler.hosts,
    dbs: ruler.dbs,
    emails: ruler.emails,
    which: ruler.which,
  }),
  { description: 'A ruler: somebody who may set rules inside a scope.' },
);

/** The whole file as people write it. Each entry is checked alone, so that one look finds every mistake. */
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
