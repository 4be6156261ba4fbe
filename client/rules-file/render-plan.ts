import { ruleAnswer } from '../../shared/http/answers';
import { type Rule, ruleName } from '../../shared/policy/policy';
import { iso } from '../../shared/policy/time';
import type { Change, RuleChange, RulerChange } from './changes';
import type { Ruler } from './parse-rules-file';
import type { Plan } from './plan-rules';
import type { LiveGrant } from './service-state';

/**
 * A plan in plain lines for people: `+` set, `~` changed, `-` removed, then who loses what, then counts.
 *
 * @example
 * + allow ada@lab.org readWrite mongodb03.lab.org/fw_* (maxTtl 7 d)
 * ~ deny *@lab.org read mongodb03.lab.org/secret: expires never -> 2027-01-01T00:00:00.000Z
 * - ruler grace@lab.org
 * ...
 * 1 to set, 1 to change, 1 to remove, 12 unchanged.
 * Grants: 0 to end, 0 to end sooner.
 */
export function renderPlan(plan: Plan): string {
  const { changes, warnings } = plan;
  return paragraphs([changes.map(lineOf), lossLines(plan), warnings, unreadableLines(plan), [summary(plan)]]);
}

export const paragraphs = (parts: string[][]): string =>
  parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');

/** One change in one line. */
export const lineOf = (change: Change): string =>
  `${{ set: '+', change: '~', remove: '-' }[change.act]} ${change.of === 'rule' ? ruleLine(change) : rulerLine(change)}`;

function ruleLine({ before, after }: RuleChange): string {
  const name = ruleName(before ?? after);
  if (!after) return name;
  if (before) return `${name}: ${differences(termsOf(before), termsOf(after))}`;
  const terms = Object.entries(termsOf(after)).filter(([, value]) => value !== none);
  return terms.length > 0 ? `${name} (${terms.map(([term, value]) => `${term} ${value}`).join(', ')})` : name;
}

function rulerLine({ before, after }: RulerChange): string {
  const name = `ruler ${(before ?? after).email}`;
  if (!after) return name;
  if (before) return `${name}: ${differences(scopeOf(before), scopeOf(after))}`;
  return `${name} (${Object.entries(scopeOf(after))
    .map(([part, value]) => `${part} ${value}`)
    .join(', ')})`;
}

const none = 'none';

function termsOf(rule: Rule): Record<string, string> {
  const { expires = 'never', maxTtl, cidrs, note } = ruleAnswer(rule);
  return {
    expires: expires === 'never' ? none : expires,
    maxTtl: maxTtl ?? none,
    cidrs: cidrs?.join(' ') ?? none,
    note: note ? JSON.stringify(note) : none,
  };
}

const scopeOf = ({ hosts, dbs, emails, which }: Ruler): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ hosts, dbs, emails, which }).map(([part, value]) => [
      part,
      value === 'all' ? value : value.join(' '),
    ]),
  );

const differences = (before: Record<string, string>, after: Record<string, string>): string =>
  Object.entries(after)
    .filter(([name, value]) => before[name] !== value)
    .map(([name, value]) => `${name} ${before[name]} -> ${value}`)
    .join('; ');

function lossLines({ losses, partial }: Plan): string[] {
  const lines = [
    ...losses.ends.map((grant) => `ends: ${grantName(grant)}, which would live until ${iso(grant.expiresAt)}`),
    ...losses.shortens.map(
      ({ grant, until }) => `ends sooner: ${grantName(grant)}, at ${iso(until)} in place of ${iso(grant.expiresAt)}`,
    ),
  ];
  if (lines.length === 0) return [];
  const title = partial
    ? 'These grants lose something, unless rules outside of your scope still give it:'
    : 'These grants lose something:';
  return [title, ...lines];
}

const grantName = ({ email, role, host, db, label, username }: LiveGrant): string =>
  `${email} ${role} ${host}/${db}${label && ` label ${label}`} (user ${username})`;

const unreadableLines = ({ unreadable }: Plan): string[] =>
  unreadable.map(
    (one) =>
      `can't be read, and is left alone: ${JSON.stringify(one.unreadable)}. An admin can set or remove it through the API.`,
  );

function summary({ changes, same, kept, losses }: Plan): string {
  const count = (act: Change['act']) => changes.filter((change) => change.act === act).length;
  const beside = kept.rules.length + kept.rulers.length;
  const stays = `${same.rules.length + same.rulers.length} unchanged${beside > 0 ? `, ${beside} not in the file and kept` : ''}`;
  if (changes.length === 0) return `Nothing to change: ${stays}.`;
  const counts = `${count('set')} to set, ${count('change')} to change, ${count('remove')} to remove, ${stays}.`;
  return `${counts}\nGrants: ${losses.ends.length} to end, ${losses.shortens.length} to end sooner.`;
}
