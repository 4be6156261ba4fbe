import * as v from 'valibot';
import { db, email, host, role } from '../../../shared/contract/fields/access';
import { setRulerRoute } from '../../../shared/contract/routes/set-ruler';
import type { Rule } from '../../../shared/policy/policy';
import { explainIssue } from '../../rules-file/explain-issue';
import type { Ruler } from '../../rules-file/parse-rules-file';
import type { Place } from '../../sdk/spec';
import type { PythonDatabase } from './python-database';

/** A login that the Python server gave. */
export interface PythonGrant extends Place {
  email: string;
  username: string;
}

/** Why something can't be done, as a code and as a sentence. */
export interface Obstacle {
  reason: string;
  detail: string;
}

/** Something of the Python server that is not imported, and why. */
export interface Left extends Obstacle {
  what: 'allow' | 'deny' | 'ruler' | 'grant';
  /** What it is about, in one line. */
  name: string;
}

export interface Parsed {
  rules: Rule[];
  rulers: Ruler[];
  grants: PythonGrant[];
  left: Left[];
}

const anObject = v.record(v.string(), v.unknown());
/** The Python server takes a pattern for a name like any other, so only exact names come in here. */
const ruleDocument = v.object({ email, host, role });
const grantDocument = v.object({
  email,
  host,
  db,
  role,
  username: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
});
const { email: rulerEmail, hosts, dbs, emails, which } = setRulerRoute.body.entries;
const rulerDocument = v.object({ email: rulerEmail, hosts, dbs, emails, which });

/** Reads documents of a Python server as it reads them itself; what mongogrant can't hold is left, each with the reason. */
export function parsePython({ allow, deny, rulers, grants }: PythonDatabase): Parsed {
  const left: Left[] = [];
  const rules = [...deny.map((one) => ['deny', one] as const), ...allow.map((one) => ['allow', one] as const)];
  return {
    rules: once(
      rules.flatMap(([which, one]) => rulesIn(which, one, left)),
      ({ which, ...key }) => [which, key],
    ),
    rulers: onePerPerson(
      rulers.flatMap((one) => rulerIn(one, left)),
      left,
    ),
    grants: once(
      grants.flatMap((one) => grantIn(one, left)),
      (grant) => grant,
    ),
    left,
  };
}

function rulesIn(which: Rule['which'], document: unknown, left: Left[]): Rule[] {
  const parsed = v.safeParse(ruleDocument, document, { abortPipeEarly: true });
  const names = databasesIn(document);
  if (!parsed.success) {
    left.push({ what: which, name: shown(document, ['email', 'role', 'host', 'dbs']), ...malformed(parsed.issues) });
    return [];
  }
  return names.flatMap((name) => {
    const one = v.safeParse(db, name, { abortPipeEarly: true });
    if (one.success) return [{ ...parsed.output, db: one.output, which }];
    const what = shown({ ...v.parse(anObject, document), db: name }, ['email', 'role', 'host', 'db']);
    left.push({ what: which, name: what, reason: 'malformed', detail: words(one.issues[0], ['db']) });
    return [];
  });
}

/** MongoDB finds a name in a list as well as a name alone. */
function databasesIn(document: unknown): unknown[] {
  const { dbs } = v.parse(v.fallback(v.object({ dbs: v.unknown() }), { dbs: [] }), document);
  return Array.isArray(dbs) ? dbs : [dbs];
}

function rulerIn(document: unknown, left: Left[]): Ruler[] {
  const parsed = v.safeParse(rulerDocument, document, { abortPipeEarly: true });
  if (parsed.success) return [parsed.output];
  const name = shown(document, ['email', 'hosts', 'dbs', 'emails', 'which']);
  left.push({ what: 'ruler', name, ...malformed(parsed.issues) });
  return [];
}

function grantIn(document: unknown, left: Left[]): PythonGrant[] {
  const parsed = v.safeParse(grantDocument, document, { abortPipeEarly: true });
  const name = shown(document, ['email', 'role', 'host', 'db']);
  if (!parsed.success) {
    left.push({ what: 'grant', name, ...malformed(parsed.issues) });
    return [];
  }
  const given = v.parse(v.object({ email: v.string() }), document).email;
  const usual = `${given.split('@').join('_')}_${parsed.output.role}`;
  if (parsed.output.username === usual) return [parsed.output];
  const detail = `Its username is not ${JSON.stringify(usual)}, the one that the Python server gives.`;
  left.push({ what: 'grant', name, reason: 'username_unexpected', detail });
  return [];
}

/** The Python server takes the first document of a person that it finds: nobody can say which one that is. */
function onePerPerson(rulers: Ruler[], left: Left[]): Ruler[] {
  const different = once(rulers, (ruler) => ruler);
  return different.filter((ruler) => {
    const alone = different.filter(({ email }) => email === ruler.email).length === 1;
    const detail = 'There are several for this address, and they differ. Appoint the ruler by hand: mgrant rulers set.';
    if (!alone) left.push({ what: 'ruler', name: ruler.email, reason: 'ambiguous', detail });
    return alone;
  });
}

function once<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(keyOf(item)), item])).values()];
}

function malformed(issues: readonly v.BaseIssue<unknown>[]): Obstacle {
  return { reason: 'malformed', detail: issues.map((issue) => words(issue, pathOf(issue))).join('; ') };
}

const pathOf = ({ path }: v.BaseIssue<unknown>): string[] => (path ?? []).map(({ key }) => String(key));

function words(issue: v.BaseIssue<unknown>, path: string[]): string {
  const { input } = issue;
  if (path.length === 0) return 'is no document of the Python server';
  if (input === undefined) return `${path[0]}: is missing`;
  const star = typeof input === 'string' && input.includes('*');
  const hint = star ? ' (to the Python server a * is no pattern, but a letter)' : '';
  // It was not written in YAML, where quotes would help.
  const why = explainIssue(issue, path).replace(/; put \S+ in quotes$/, '');
  return harmless(`${why}${hint}`);
}

/** What a document says, in one line. */
function shown(document: unknown, fields: readonly string[]): string {
  const values = v.parse(v.fallback(anObject, {}), document);
  return fields.map((field) => word(values[field])).join(' ');
}

function word(value: unknown): string {
  if (typeof value === 'string' && /^[\w.@:+*-]{1,80}$/.test(value)) return value;
  return harmless((JSON.stringify(value) ?? '-').slice(0, 80));
}

/** Text in a database may hold control codes for the terminal. */
const harmless = (text: string): string =>
  text.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
