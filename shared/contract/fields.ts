import * as v from 'valibot';
import { duration, longest } from '../policy/durations';
import { roles } from '../policy/policy';
import { seconds } from '../policy/time';
import { hostOf, isCidr, isDatabase, isDomain, isEmail, isHost, isLabel, ownDatabases } from './names';

export const text = (most: number) =>
  v.pipe(v.string('must be text'), v.maxLength(most, `must be at most ${most} characters`));
// Plain letters only: some others, the Kelvin sign for one, become a plain letter in lower case.
const lowered = (most: number) =>
  v.pipe(
    text(most),
    v.regex(/^[ -~]*$/, 'must be plain letters, digits and signs'),
    v.transform((value) => value.toLowerCase()),
  );
export const star = v.literal('*');

/** Any text but an empty one. */
export const given = v.pipe(text(260), v.nonEmpty('must not be empty'));
export const email = v.pipe(lowered(254), v.check(isEmail, 'must be an e-mail address such as you@lab.org'));
export const host = v.pipe(
  lowered(260),
  v.transform(hostOf),
  v.check(isHost, 'must be a host such as mongodb03.lab.org or localhost:27020'),
);
export const db = v.pipe(
  text(63),
  v.check(isDatabase, 'must be a database name: 1 to 63 letters, digits, _ and -'),
  v.check((name) => !ownDatabases.includes(name.toLowerCase()), 'admin, local and config are never granted'),
);
export const role = v.picklist(Object.keys(roles), `must be one of ${Object.keys(roles).join(', ')}`);
export const label = v.pipe(text(32), v.check(isLabel, 'must be at most 32 letters, digits, ., _ and -'));
const wholeSeconds = v.pipe(
  v.union([
    v.pipe(v.number(), v.integer('must be a duration such as "12 h", or a whole number of seconds')),
    v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  ]),
  v.minValue(1, 'must be at least 1 s'),
  longest,
);
export const ttl = v.union([wholeSeconds, duration(1)], 'must be a duration such as "12 h", or a number of seconds');

export const principal = v.pipe(
  lowered(254),
  v.check(
    (value) => value === '*' || isEmail(value) || (value.startsWith('*@') && isDomain(value.slice(2))),
    'must be an address, *@lab.org or *',
  ),
);
export const dbPattern = v.pipe(
  text(64),
  v.check(
    (value) => value === '*' || isDatabase(value.replace(/\*$/, '')),
    'must be a database name (letters, digits, _ and -), a prefix with one * at its end, or *',
  ),
  v.check((value) => !ownDatabases.includes(value.toLowerCase()), 'admin, local and config are never granted'),
);
/** A moment; `Date` would move the 31st of a short month on to the next one. */
export const moment = v.pipe(
  text(40),
  v.isoTimestamp('must be a time such as 2026-12-31T00:00:00Z'),
  v.check((value) => isDay(value.slice(0, 10)), 'must be a day that exists'),
  v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time such as 2026-12-31T00:00:00Z'),
  v.transform((value) => new Date(value)),
);
const isDay = (date: string): boolean => {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
};
/** A moment in whole seconds since 1970. */
export const time = v.pipe(moment, v.transform(seconds));
export const cidrs = v.pipe(
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
export const note = v.pipe(
  text(200),
  // Nor what turns the direction of the text around it.
  v.regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u, 'must be one line without control characters'),
);

export const which = v.picklist(['allow', 'deny'], 'must be allow or deny');

/** Whether a limit (`maxTtl`, `cidrs`) is on a rule that it can limit: a deny would deny for ever and from everywhere, which nobody who wrote one meant. */
export const limits = (which: string, limit: unknown): boolean => which === 'allow' || limit === undefined;
export const limitsOnlyAllows = 'is for rules that allow';

const notAll = v.check((value: string) => value !== 'all', 'must be "all" itself, or a list without it');
/** What a ruler may decide. A text where a list belongs is refused: some of them would read like a wider scope. */
const part = <S extends v.GenericSchema>(one: S, example: string) =>
  v.union(
    [
      v.literal('all'),
      v.pipe(v.array(one), v.minLength(1, 'must name at least one'), v.maxLength(100, 'must name at most 100')),
    ],
    `must be "all" or a list such as ${example}`,
  );
export const scope = {
  hosts: part(v.pipe(host, notAll), '["mongodb03.lab.org"]'),
  dbs: part(v.pipe(text(63), v.check(isDatabase, 'must be the beginning of database names'), notAll), '["fw_"]'),
  emails: part(
    v.pipe(
      lowered(254),
      v.check((value) => value.startsWith('@') && isDomain(value.slice(1)), 'must be a domain such as @lab.org'),
    ),
    '["@lab.org"]',
  ),
  which: part(which, '["allow", "deny"]'),
};

/** The fields that hold a list. In a form that is the field once for each item. */
export const lists: Readonly<Record<string, v.GenericSchema>> = { ...scope, cidrs };

/** The version of a rule or ruler as it was read; 0 for "there is none". */
export const version = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,16}$/), v.transform(Number))], 'must be a whole number'),
  v.safeInteger('must be a whole number'),
  v.minValue(0, 'must be 0 or more'),
);

/** Where a page of a list begins: the seal that the page before gave. */
export const cursor = v.pipe(text(2000), v.regex(/^[A-Za-z0-9_-]+$/, 'must be the cursor of the page before'));

/** The secret with which a terminal asks for its token: signs that it may hold, and no more. */
export const poll = v.pipe(text(600), v.regex(/^[\w.-]*$/, 'must be the poll that POST /links gave'));

/** Yes or no in a body: as it is in JSON, spelled out in a form. */
export const flag = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'must be true or false'),
  v.transform((value) => value === true || value === 'true'),
);

/** What somebody types as the code of a terminal login. */
export const code = text(64);

/** Yes or no in a query. */
export const yes = v.pipe(
  v.picklist(['true', 'false'], 'must be true or false'),
  v.transform((value) => value === 'true'),
);
