import type * as v from 'valibot';
import * as fields from '../shared/contract/fields';
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
} from '../shared/policy/patterns';

interface Field {
  schema: v.GenericSchema;
  /** What the document says of it; where a check is code, also what the check comes to. */
  shown: { description: string; examples: unknown[] } & Record<string, unknown>;
}

/** The fields of requests, by their name in the document. */
export const fieldSchemas: Record<string, Field> = {
  Email: {
    schema: fields.email,
    shown: {
      description: 'An e-mail address. Upper and lower case are the same.',
      examples: ['you@lab.org'],
      pattern: `^${address}$`,
    },
  },
  Principal: {
    schema: fields.principal,
    shown: {
      description: 'An address, "*@lab.org" for everybody at one domain, or "*" for everybody.',
      examples: ['*@lab.org', 'ada@lab.org', '*'],
      pattern: `^(\\*|\\*@${domain}|${address})$`,
    },
  },
  Host: {
    schema: fields.host,
    shown: {
      description: 'A host as mongogrant knows it, with its port unless that is 27017.',
      examples: ['mongodb03.lab.org', 'localhost:27020'],
      pattern: `^${hostName}$`,
    },
  },
  Database: {
    schema: fields.db,
    shown: {
      description: 'A database; admin, local and config are never granted.',
      examples: ['fw_phonons'],
      pattern: `^${dbName}$`,
    },
  },
  DatabasePattern: {
    schema: fields.dbPattern,
    shown: {
      description: 'A database, all whose names begin alike (fw_*), or "*" for all but admin, local and config.',
      examples: ['fw_*', 'fw_phonons', '*'],
      pattern: `^(\\*|${dbName}\\*?)$`,
    },
  },
  Role: {
    schema: fields.role,
    shown: {
      description: 'An allow on readWrite also allows read; a deny on read also denies readWrite.',
      examples: ['readWrite'],
    },
  },
  Which: { schema: fields.which, shown: { description: 'One deny outweighs every allow.', examples: ['allow'] } },
  Label: {
    schema: fields.label,
    shown: {
      description: 'A name for one use of a login, such as a laptop or a job. Each label has a login of its own.',
      examples: ['laptop'],
      pattern: '^[A-Za-z0-9._-]{0,32}$',
    },
  },
  Duration: {
    schema: fields.ttl,
    shown: {
      description: 'A duration, or a number of seconds; at most 10000 d.',
      examples: ['12 h', '30 d', 3600],
      ...durationShape,
    },
  },
  Time: {
    schema: fields.time,
    shown: { description: 'A time with its zone.', examples: ['2027-06-30T00:00:00Z'] },
  },
  Ranges: {
    schema: fields.cidrs,
    shown: {
      description: 'For allows: logins work only from these addresses. A list of 1 to 20, or a text with commas.',
      examples: [['10.0.0.0/8', '2001:db8::/32']],
      ...rangesShape,
    },
  },
  Note: {
    schema: fields.note,
    shown: {
      description: 'One line for people.',
      examples: ['until the beam time in June'],
      pattern: notePattern,
    },
  },
  Version: {
    schema: fields.version,
    shown: {
      description:
        'The version as it was read, 0 for "there is none": if it is no longer that one, the change is refused. Without it, whatever is there is replaced.',
      examples: [3],
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'string', pattern: '^[0-9]{1,16}$' },
      ],
    },
  },
  Cursor: {
    schema: fields.cursor,
    shown: {
      description:
        'Where the page begins: the cursor of the answer before. It is good for you only, and with the same other fields.',
      examples: ['q83vEjRWeJq83v'],
    },
  },
  Terminal: {
    schema: fields.flag,
    shown: {
      description: 'Whether a terminal asks, which wants to fetch the token itself.',
      examples: [true],
      anyOf: [{ type: 'boolean' }, { enum: ['true', 'false'] }],
    },
  },
  Code: {
    schema: fields.code,
    shown: {
      description: 'The code that a terminal shows. Case, spaces and dashes make no difference.',
      examples: ['WDJB-MJHT'],
    },
  },
  Poll: {
    schema: fields.poll,
    shown: {
      description: 'The secret that the terminal got from `POST /links`.',
      examples: ['eW91QGxhYi5vcmc.bP3kTq9ZxW2mVd7a.tk4q8s.9hQ2zXw7vLrT1nBcK5mD8pYs3fGj6aEu.Qm7xVb2KtR9wZc4LpN8dHs'],
    },
  },
  TrueOrFalse: { schema: fields.yes, shown: { description: 'true or false.', examples: ['true'] } },
  ScopeHosts: {
    schema: fields.scope.hosts,
    shown: {
      description: 'The hosts that a ruler decides about: "all", or a list.',
      examples: [['mongodb03.lab.org'], 'all'],
      ...listOrAll(hostName, 260),
    },
  },
  ScopeDatabases: {
    schema: fields.scope.dbs,
    shown: {
      description: 'The beginnings of the database names that a ruler decides about: "all", or a list.',
      examples: [['fw_'], 'all'],
      ...listOrAll(dbPrefix, 63),
    },
  },
  Given: {
    schema: fields.given,
    shown: { description: 'Not empty; what else it must be, the answer says.', examples: ['mongodb03.lab.org'] },
  },
  ScopeEmails: {
    schema: fields.scope.emails,
    shown: {
      description: 'The domains whose people a ruler decides about, each with its @: "all", or a list.',
      examples: [['@lab.org'], 'all'],
      ...listOrAll(`@${domain}`, 254),
    },
  },
  ScopeWhich: {
    schema: fields.scope.which,
    shown: {
      description: 'Whether a ruler may allow, deny, or both: "all", or a list.',
      examples: [['allow'], 'all'],
    },
  },
};
