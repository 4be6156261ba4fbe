import * as v from 'valibot';
import { isCidr } from '../names';
import { field, text } from './field';

// The fields of a rule besides its key, and the version that keeps one change from overwriting another.

const range = '[0-9A-Fa-f.:]+(/[0-9]{1,3})?';

export const cidrs = field(
  v.pipe(
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
  ),
  {
    name: 'Ranges',
    description: 'For allows: logins work only from these addresses. A list of 1 to 20, or a text with commas.',
    examples: [['10.0.0.0/8', '2001:db8::/32']],
    anyOf: [
      { type: 'array', items: { type: 'string', pattern: `^${range}$` }, minItems: 1, maxItems: 20 },
      { type: 'string', maxLength: 1000, pattern: '^[0-9A-Fa-f.:/, ]+$' },
    ],
  },
);

export const note = field(
  v.pipe(
    text(200),
    // Characters that turn the direction of the text around them are refused, too.
    v.regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u, 'must be one line without control characters'),
  ),
  {
    name: 'Note',
    description: 'One line for people.',
    examples: ['until the beam time in June'],
    pattern: '^[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]*$',
  },
);

/** Whether a limit (`maxTtl`, `cidrs`) suits the rule. A deny with a limit would deny for ever and from everywhere, which its author did not mean. */
export const limits = (which: string, limit: unknown): boolean => which === 'allow' || limit === undefined;
export const limitsOnlyAllows = 'is for rules that allow';

/** The version of a rule or ruler as it was read; 0 for "there is none". */
export const version = field(
  v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number))], 'must be a whole number'),
    v.safeInteger('must be a whole number'),
    v.minValue(0, 'must be 0 or more'),
  ),
  {
    name: 'Version',
    description:
      'The version as it was read, 0 for "there is none": if it is no longer that one, the change is refused. Without it, whatever is there is replaced.',
    examples: [3],
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: '^[0-9]{1,16}$' },
    ],
  },
);

const ignored = 'A part of an answer. It is ignored here, so that an answer can be sent back as it came.';

/** What an answer has beside the rule or ruler. */
export const replaced = field(v.objectWithRest({ email: v.unknown() }, v.unknown(), 'must be a rule or ruler'), {
  name: 'Replaced',
  description: ignored,
  examples: [{ email: '*@lab.org', host: 'mongodb03.lab.org', db: 'fw_*', role: 'read', which: 'allow' }],
});
export const warnings = field(v.array(v.string('must be text'), 'must be a list'), {
  name: 'Warnings',
  description: ignored,
  examples: [['mongodb03.lab.org is not registered.']],
});
