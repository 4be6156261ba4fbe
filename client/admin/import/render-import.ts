import { grouped } from '../../../shared/policy/grouped';
import { iso } from '../../../shared/policy/time';
import { lineOf, paragraphs, renderPlan } from '../../rules-file/render-plan';
import type { Imported } from './apply-import';
import type { ImportPlan, PlannedAdoption } from './import-plan';
import type { Left } from './parse-python';

/** How many names are listed for one reason. */
const mostNames = 10;

/**
 * What an import would do, in plain lines for people.
 *
 * @example
 * + allow ada@lab.org readWrite mongodb03.lab.org/fw_phonons
 * ...
 * Logins: 132 to adopt, 4 are mongogrant's already, 2 are left alone.
 * Each works on as it is, until 2026-12-25T08:00:00.000Z at the latest.
 * A user that somebody made by hand, with the same name and role, looks the same. Look through them:
 *   mongodb03.lab.org: 132
 *     fw/ada_lab.org_read
 *     ...
 *
 * Not imported:
 * grant bob@lab.org read mongodb03.lab.org/fw: The host has no user bob_lab.org_read on fw any more.
 */
export function renderImport(plan: ImportPlan): string {
  return paragraphs([[renderPlan(plan.rules)], loginLines(plan), endingLines(plan), leftLines(plan.left)]);
}

/** The same for programs. */
export const importJson = ({ rules, adoptions, ours, left }: ImportPlan) => ({
  changes: rules.changes.map(lineOf),
  warnings: rules.warnings,
  adopt: adoptions.map(({ host, grant, expiresAt, covered }) => ({
    ...grant,
    host: host.name,
    expires: iso(expiresAt),
    allowed: covered,
  })),
  ours,
  left,
});

/** What an import did. */
export function renderImported({ rules, adopted, ours, left, notReached }: Imported): string {
  const undone = rules.left.length;
  return paragraphs([
    [
      `${count(rules.done.length, 'rule or ruler', 'rules and rulers')} written, ${count(adopted, 'login')} adopted.`,
      ...(ours > 0 ? [`${count(ours, 'login')} had been adopted by somebody else meanwhile.`] : []),
      ...rules.failures.map(({ change, detail }) => `${lineOf(change)}: ${detail}`),
    ],
    leftLines(left),
    undone + notReached > 0
      ? [
          `Not done: ${count(undone, 'rule or ruler', 'rules and rulers')}, ${count(notReached, 'login')}. Import again: it goes on where it stopped.`,
        ]
      : [],
  ]);
}

/** The same for programs. */
export const importedJson = ({ complete, rules, adopted, ours, left, notReached }: Imported) => ({
  complete,
  written: rules.done.map(lineOf),
  failures: rules.failures.map(({ change, code, detail }) => ({ change: lineOf(change), code, detail })),
  adopted,
  ours,
  left,
  notReached,
});

function loginLines({ adoptions, ours, left }: ImportPlan): string[] {
  const alone = left.filter(({ what }) => what === 'grant').length;
  const counts = `Logins: ${adoptions.length} to adopt, ${ours} are mongogrant's already, ${alone} are left alone.`;
  if (adoptions.length === 0) return [counts];
  const latest = Math.max(...adoptions.map(({ expiresAt }) => expiresAt));
  return [
    counts,
    `Each works on as it is, until ${iso(latest)} at the latest.`,
    'A user that somebody made by hand, with the same name and role, looks the same. Look through them:',
    ...hostLines(adoptions),
  ];
}

function hostLines(adoptions: readonly PlannedAdoption[]): string[] {
  const hosts = [...grouped(adoptions, ({ host }) => host.name)].sort(([a], [b]) => (a < b ? -1 : 1));
  return hosts.flatMap(([host, some]) => [
    `  ${host}: ${some.length}`,
    ...someNames(some.map(({ grant: { db, username } }) => `${db}/${username}`)).map((name) => `  ${name}`),
  ]);
}

function endingLines({ adoptions }: ImportPlan): string[] {
  const ending = adoptions.filter(({ covered }) => !covered);
  if (ending.length === 0) return [];
  const names = ending.map(({ grant: { email, role, host, db } }) => `- ${email} ${role} ${host}/${db}`);
  return ['No rule allows these logins. They END within a minute of their adoption:', ...names];
}

/** Denies first: without them somebody may get what they would have withheld. */
function leftLines(left: readonly Left[]): string[] {
  if (left.length === 0) return [];
  const order = ['deny', 'ruler', 'allow', 'grant'];
  const groups = new Map<string, Left[]>();
  for (const one of left.toSorted((a, b) => order.indexOf(a.what) - order.indexOf(b.what))) {
    const key = `${one.what} ${one.detail}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return ['Not imported:', ...[...groups.values()].flatMap(groupLines)];
}

function groupLines(group: Left[]): string[] {
  const [first] = group;
  if (!first) return [];
  const { what, name, detail } = first;
  if (group.length === 1) return [`${what} ${name}: ${detail}`];
  return [`${what}, ${group.length} times: ${detail}`, ...someNames(group.map((one) => one.name))];
}

function someNames(names: readonly string[]): string[] {
  const more = names.length > mostNames ? [`  and ${names.length - mostNames} more (--json lists all)`] : [];
  return [...names.slice(0, mostNames).map((name) => `  ${name}`), ...more];
}

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
