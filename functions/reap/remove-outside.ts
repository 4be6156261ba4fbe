import { sideBySide } from '../../shared/async/side-by-side';
import { together } from '../../shared/async/together';
import { ruleAnswer } from '../../shared/http/answers';
import { keyOf, ruleName } from '../../shared/policy/policy';
import { inside, type Scope } from '../../shared/policy/scope';
import { seconds } from '../../shared/policy/time';
import { type Source, writeEvent } from '../../shared/store/audit';
import { readRuler } from '../../shared/store/rulers';
import { listRules, removeRule, type StoredRule } from '../../shared/store/rules';
import { closeSweep, noteProgress, planSweep, type RulerSweep } from '../../shared/store/sweeps';
import { attemptEach } from './attempt-each';
import type { ReapDeps, ReapRun } from './reap-deps';

const by = 'mongogrant';
const atOnce = 20;

/** Removes rules that their rulers' changed scopes no longer cover. Answers how many steps failed. */
export async function removeOutside(deps: ReapDeps, run: ReapRun, due: RulerSweep[]): Promise<number> {
  const { table, clock } = deps;
  const moment = () => seconds(new Date(clock()));
  const scopes = await readScopes(deps, due);
  let faults = 0;
  // From this rule on, some work is left.
  let undoneFrom: string | undefined;
  for (let from = due.map(({ after = ' ' }) => after).sort()[0]; from !== undefined; ) {
    if (clock() >= run.deadline) {
      undoneFrom ??= from;
      break;
    }
    const page: Awaited<ReturnType<typeof listRules>> = await listRules(table, undefined, from);
    const outside = page.rules.filter((rule): rule is StoredRule => !('unreadable' in rule) && isOutside(rule, scopes));
    const removed = await attemptEach(
      deps,
      run,
      outside.map((rule) => ({ about: {}, act: (now: Date) => remove(deps, rule, { source: run.source, now }) })),
    );
    faults += removed.faults;
    if (!removed.all) undoneFrom ??= from;
    from = page.next;
  }
  await sideBySide(atOnce, due, (one) =>
    undoneFrom === undefined ? closeSweep(table, one, moment()) : noteProgress(table, one, undoneFrom),
  );
  return faults;
}

/** The scope of each ruler. A ruler who was dismissed, or whose scope can't be read, has none and may decide nothing. */
async function readScopes({ table }: ReapDeps, due: RulerSweep[]): Promise<Map<string, Scope | undefined>> {
  const emails = due.map(({ ruler }) => ruler);
  const rulers = await sideBySide(atOnce, emails, (email) => readRuler(table, email));
  return new Map(
    emails.map((email, index) => {
      const ruler = rulers[index];
      return [email, ruler && !('unreadable' in ruler) ? ruler : undefined];
    }),
  );
}

function isOutside(rule: StoredRule, scopes: Map<string, Scope | undefined>): boolean {
  if (rule.asRuler !== true || !scopes.has(rule.setBy)) return false;
  const scope = scopes.get(rule.setBy);
  return !scope || !inside(scope, rule);
}

/** Notes first that the grants of the rule are to be swept, so that a crash can't lose that; then removes the rule. */
async function remove(
  { table }: ReapDeps,
  rule: StoredRule,
  { source, now }: { source: Source; now: Date },
): Promise<void> {
  await planSweep(table, { rule: keyOf(rule) }, seconds(now));
  const event = { email: rule.email, by, why: 'out_of_scope', rule: ruleName(rule), before: ruleAnswer(rule) };
  await together([removeRule(table, rule, rule), writeEvent(table, { act: 'rule_removed', ...event }, source, now)]);
}
