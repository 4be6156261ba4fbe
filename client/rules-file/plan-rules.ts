import { type Losses, lossesOf } from '../../shared/policy/losses';
import { expired, type Rule, ruleName, type Unreadable } from '../../shared/policy/policy';
import { outside } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { ruleRowName, rulerRowName } from '../../shared/store/row-name';
import type { ClientDeps } from '../sdk/api/ask-api';
import { MongograntError } from '../sdk/mongogrant-error';
import { type Change, type Edit, sameMeaning, sameScope } from './changes';
import { nameOfKey } from './expand-rules';
import { hostWarnings } from './host-warnings';
import { orderChanges } from './order-changes';
import type { Ruler, RulesFile } from './parse-rules-file';
import { contradictions, type FinalRules, finalRulesAbout, touchedBy } from './plan-losses';
import { type LiveGrant, readState, type ServiceState, type Versioned } from './service-state';

/** What has to happen so that the service has the rules and rulers of a file. */
export interface Plan {
  /** In the order in which they are made, see `phases` in changes.ts. */
  changes: Change[];
  /** What already is as the file says. */
  same: { rules: Versioned<Rule>[]; rulers: Versioned<Ruler>[] };
  /** What the file does not name, and leaves in place. */
  kept: { rules: Versioned<Rule>[]; rulers: Versioned<Ruler>[] };
  /** Rules and rulers that can't be read, and are left alone. */
  unreadable: Unreadable[];
  /** What live grants lose once all changes are made. Times in seconds since 1970. */
  losses: Losses<LiveGrant>;
  /** What the service takes, but people seldom mean. */
  warnings: string[];
  /** The rules as they will be. */
  final: FinalRules;
  /** A ruler made the plan: rules outside of their scope are unknown, and may still give what is listed as lost. */
  partial: boolean;
}

/**
 * Compares a file with the service, and changes nothing.
 *
 * @throws MongograntError with the API's code, `outside_scope` for a ruler whose file has rules that they may not set, or
 *   `rules_invalid` where a rule that is to be set has expired
 * @example
 * const plan = await planRules(parsed.file, { api, sleep }, new Date());
 * console.log(renderPlan(plan));
 */
export async function planRules(file: RulesFile, deps: ClientDeps, now: Date): Promise<Plan> {
  const state = await readState(deps, { withRulers: file.rulers !== undefined, now });
  const { scope } = state;
  const beyond = scope ? (file.rules ?? []).filter((rule) => outside(scope, rule).length > 0) : [];
  const [first] = beyond;
  if (first)
    throw new MongograntError(
      'outside_scope',
      `Outside of your scope: ${beyond.length} of the file's rules, "${ruleName(first)}" among them. ` +
        'Take them out, or let an admin apply the file.',
    );
  const plan = planOf(file, state, now);
  refusePast(file, plan);
  return { ...plan, warnings: [...plan.warnings, ...(await hostWarnings(plan.changes, deps))] };
}

/** The plan itself: no clock, no network. */
export function planOf({ unlisted, ...wanted }: RulesFile, state: ServiceState, now: Date): Plan {
  const moment = seconds(now);
  const rules = compare<Rule>({ listed: wanted.rules, unlisted }, state.rules, {
    nameOf: nameOfKey,
    same: sameMeaning,
    hiddenAs: ruleRowName,
  });
  const rulers = compare<Ruler>({ listed: wanted.rulers, unlisted }, state.rulers, {
    nameOf: ({ email }) => email,
    same: sameScope,
    hiddenAs: ({ email }) => rulerRowName(email),
  });
  const final = {
    rules: [...rules.same, ...rules.kept, ...rules.edits.flatMap((edit) => edit.after ?? [])],
    unreadable: rules.unreadable,
  };
  return {
    changes: orderChanges(
      { rules: rules.edits, rulers: rulers.edits },
      [...rules.same, ...rules.kept, ...rules.edits.flatMap(({ before }) => before ?? [])],
      moment,
    ),
    same: { rules: rules.same, rulers: rulers.same },
    kept: { rules: rules.kept, rulers: rulers.kept },
    unreadable: [...rules.unreadable, ...rulers.unreadable],
    losses: lossesOf(touchedBy(rules.edits, state.grants), finalRulesAbout(final), moment),
    warnings: [...contradictions(final, rules.edits), ...overLines(rules.same, moment)],
    final,
    partial: state.scope !== undefined,
  };
}

/** A rule that has expired stays as it is, if the service has it; it takes no other. */
function refusePast({ past = [] }: RulesFile, { changes }: Plan): void {
  const set = new Set(changes.flatMap(({ of, after }) => (of === 'rule' && after ? [nameOfKey(after)] : [])));
  const lines = new Set(past.filter(({ rule }) => set.has(nameOfKey(rule))).map(({ line }) => line));
  if (lines.size === 0) return;
  const words = 'expires: lies in the past, so the rule does not count. Remove it, or give it another time';
  throw new MongograntError(
    'rules_invalid',
    [
      'The rules file is not as it must be. Nothing was changed.',
      ...[...lines].map((at) => `line ${at}: ${words}`),
    ].join('\n'),
  );
}

const overLines = (named: readonly Rule[], now: number): string[] =>
  named
    .filter((rule) => expired(rule, now))
    .map((rule) => `"${ruleName(rule)}" has expired, and counts no more. Take it out of the file.`);

interface Kind<T> {
  nameOf(one: T): string;
  same(a: T, b: T): boolean;
  /** The name under which the service lists it if it can't be read. */
  hiddenAs(one: T): string;
}

/** What is to be set, changed and removed; nothing where the file leaves this kind alone. */
function compare<T>(
  { listed, unlisted }: { listed: readonly T[] | undefined; unlisted: RulesFile['unlisted'] },
  current: readonly (Versioned<T> | Unreadable)[],
  { nameOf, same, hiddenAs }: Kind<T>,
) {
  const unreadable = current.filter(isUnreadable);
  const readable = new Map(current.flatMap((one) => (isUnreadable(one) ? [] : [[nameOf(one), one] as const])));
  const edits: Edit<T>[] = [];
  const found: { same: Versioned<T>[]; kept: Versioned<T>[] } = { same: [], kept: [] };
  const hidden = new Set(unreadable.map((one) => one.unreadable));
  for (const after of listed ?? []) {
    const before = readable.get(nameOf(after));
    readable.delete(nameOf(after));
    if (before && same(before, after)) found.same.push(before);
    else if (before) edits.push({ act: 'change', before, after });
    else if (!hidden.has(hiddenAs(after))) edits.push({ act: 'set', after });
  }
  const rest = [...readable.values()];
  if (listed && unlisted === 'remove') edits.push(...rest.map((before) => ({ act: 'remove' as const, before })));
  else found.kept.push(...rest);
  return { edits, unreadable, ...found };
}

const isUnreadable = (one: object): one is Unreadable => 'unreadable' in one;
