import * as v from 'valibot';
import { roles } from '../../policy/policy';
import { hostOf, isDatabase, isDomain, isEmail, isHost, isLabel, ownDatabases } from '../names';
import { anyAddress, anyDomain, dbName, hostName } from '../patterns';
import { addressed, field, lowered, text } from './field';

// Who, where, and what: the fields that grants and rules are made of.

export const star = v.literal('*');

export const email = field(v.pipe(addressed(254), v.check(isEmail, 'must be an e-mail address such as you@lab.org')), {
  name: 'Email',
  description:
    'An e-mail address. Upper and lower case are the same. An international domain is kept as the DNS knows it (xn--...).',
  examples: ['you@lab.org'],
  pattern: `^${anyAddress}$`,
});

export const principal = field(
  v.pipe(
    addressed(254),
    v.check(
      (value) => value === '*' || isEmail(value) || (value.startsWith('*@') && isDomain(value.slice(2))),
      'must be an address, *@lab.org or *',
    ),
  ),
  {
    name: 'Principal',
    description: 'An address, "*@lab.org" for everybody at one domain, or "*" for everybody.',
    examples: ['*@lab.org', 'ada@lab.org', '*'],
    pattern: `^(\\*|\\*@${anyDomain}|${anyAddress})$`,
  },
);

export const host = field(
  v.pipe(
    lowered(260),
    v.transform(hostOf),
    v.check(isHost, 'must be a host such as mongodb03.lab.org or localhost:27020'),
  ),
  {
    name: 'Host',
    description: 'A host as mongogrant knows it, with its port unless that is 27017.',
    examples: ['mongodb03.lab.org', 'localhost:27020'],
    pattern: `^${hostName}$`,
  },
);

export const db = field(
  v.pipe(
    text(63),
    v.check(isDatabase, 'must be a database name: 1 to 63 letters, digits, _ and -'),
    v.check((name) => !ownDatabases.includes(name.toLowerCase()), 'admin, local and config are never granted'),
  ),
  {
    name: 'Database',
    description: 'A database; admin, local and config are never granted.',
    examples: ['fw_phonons'],
    pattern: `^${dbName}$`,
  },
);

export const dbPattern = field(
  v.pipe(
    text(64),
    v.check(
      (value) => value === '*' || isDatabase(value.replace(/\*$/, '')),
      'must be a database name (letters, digits, _ and -), a prefix with one * at its end, or *',
    ),
    v.check((value) => !ownDatabases.includes(value.toLowerCase()), 'admin, local and config are never granted'),
  ),
  {
    name: 'DatabasePattern',
    description: 'A database, all whose names begin alike (fw_*), or "*" for all but admin, local and config.',
    examples: ['fw_*', 'fw_phonons', '*'],
    pattern: `^(\\*|${dbName}\\*?)$`,
  },
);

export const role = field(v.picklist(Object.keys(roles), `must be one of ${Object.keys(roles).join(', ')}`), {
  name: 'Role',
  description: 'An allow on readWrite also allows read; a deny on read also denies readWrite.',
  examples: ['readWrite'],
});

export const which = field(v.picklist(['allow', 'deny'], 'must be allow or deny'), {
  name: 'Which',
  description: 'One deny outweighs every allow.',
  examples: ['allow'],
});

export const label = field(v.pipe(text(32), v.check(isLabel, 'must be at most 32 letters, digits, ., _ and -')), {
  name: 'Label',
  description: 'A name for one use of a login, such as a laptop or a job. Each label has a login of its own.',
  examples: ['laptop'],
  pattern: '^[A-Za-z0-9._-]{0,32}$',
});

/** Any text but an empty one. */
export const given = field(v.pipe(text(260), v.nonEmpty('must not be empty')), {
  name: 'Given',
  description: 'Not empty; what else it must be, the answer says.',
  examples: ['mongodb03.lab.org'],
});
