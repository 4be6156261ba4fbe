import * as v from 'valibot';
import { isDatabase, isDomain } from '../names';
import { anyDomain, dbPrefix, hostName } from '../patterns';
import { host, which } from './access';
import { addressed, field, text } from './field';

const notAll = v.check((value: string) => value !== 'all', 'must be "all" itself, or a list without it');

/** What a ruler may decide. It refuses a text instead of a list, as some texts would read like a wider scope. */
// @__NO_SIDE_EFFECTS__
function part<S extends v.GenericSchema>(one: S, example: string) {
  return v.union(
    [
      v.literal('all'),
      v.pipe(v.array(one), v.minLength(1, 'must name at least one'), v.maxLength(100, 'must name at most 100')),
    ],
    `must be "all" or a list such as ${example}`,
  );
}

// @__NO_SIDE_EFFECTS__
function listOrAll(pattern: string, most: number) {
  return [
    { const: 'all' },
    { type: 'array', items: { type: 'string', maxLength: most, pattern: `^${pattern}$` }, minItems: 1, maxItems: 100 },
  ];
}

export const scope = {
  hosts: field(part(v.pipe(host, notAll), '["mongodb03.lab.org"]'), {
    name: 'ScopeHosts',
    description: 'The hosts that a ruler decides about: "all", or a list.',
    examples: [['mongodb03.lab.org'], 'all'],
    anyOf: listOrAll(hostName, 260),
  }),
  dbs: field(
    part(v.pipe(text(63), v.check(isDatabase, 'must be the beginning of database names'), notAll), '["fw_"]'),
    {
      name: 'ScopeDatabases',
      description: 'The beginnings of the database names that a ruler decides about: "all", or a list.',
      examples: [['fw_'], 'all'],
      anyOf: listOrAll(dbPrefix, 63),
    },
  ),
  emails: field(
    part(
      v.pipe(
        addressed(254),
        v.check((value) => value.startsWith('@') && isDomain(value.slice(1)), 'must be a domain such as @lab.org'),
      ),
      '["@lab.org"]',
    ),
    {
      name: 'ScopeEmails',
      description: 'The domains whose people a ruler decides about, each with its @: "all", or a list.',
      examples: [['@lab.org'], 'all'],
      anyOf: listOrAll(`@${anyDomain}`, 254),
    },
  ),
  which: field(part(which, '["allow", "deny"]'), {
    name: 'ScopeWhich',
    description: 'Whether a ruler may allow, deny, or both: "all", or a list.',
    examples: [['allow'], 'all'],
  }),
};
