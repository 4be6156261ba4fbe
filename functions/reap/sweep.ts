import { ruleAnswer } from '../../shared/answers';
import { type EndDeps, endGrant } from '../../shared/end-grant';
import { faultOf } from '../../shared/fault-of';
import { type RuleKey, ruleName } from '../../shared/policy';
import { lossesNow } from '../../shared/rule-losses';
import { inside } from '../../shared/scope';
import { sideBySide } from '../../shared/side-by-side';
import { type Source, writeEvent } from '../../shared/store/audit';
import { type Grant, shortenGrant } from '../../shared/store/grants';
import { readRuler } from '../../shared/store/rulers';
import { listRules, removeRule, type StoredRule } from '../../shared/store/rules';
import { closeSweep, dueSweeps } from '../../shared/store/sweeps';
import { seconds } from '../../shared/time';

const by = 'mongogrant';
const atOnce = 8;

/** Ends what changed rules no longer cover, and removes the rules that their rulers may no longer set. Answers how many sweeps failed. */
export async function sweep(deps: EndDeps, source: Source, now: Date): Promise<number> {
  let faults = 0;
  for (const due of await dueSweeps(deps.table, seconds(now))) {
    try {
      const keys = due.rule ? [due.rule] : await removeOutside(deps, due.ruler ?? '', source, now);
      for (const key of keys) await sweepRule(deps, key, source, now);
      await closeSweep(deps.table, due, seconds(now));
    } catch (fault) {
      deps.log.error('sweep_failed', faultOf(fault));
      faults += 1;
    }
  }
  return faults;
}

async function sweepRule(deps: EndDeps, key: RuleKey, source: Source, now: Date): Promise<void> {
  const { ends, shortens } = await lossesNow(deps.table, key, seconds(now));
  const cause = { why: 'rules_changed' as const, by, source };
  await sideBySide(atOnce, ends, (grant) => endGrant(deps, grant, cause, now));
  await sideBySide(atOnce, shortens, ({ grant, until }) => shorten(deps, grant, until, source, now));
}

async function shorten({ table }: EndDeps, grant: Grant, until: number, source: Source, now: Date): Promise<void> {
  const shorter = { ...grant, expiresAt: until };
  await Promise.all([
    shortenGrant(table, grant, until),
    writeEvent(table, { act: 'shortened', email: grant.email, by, why: 'rules_changed', grant: shorter }, source, now),
  ]);
}

/** The rules that a ruler set and that their scope no longer holds: removed, and handed back. */
async function removeOutside({ table }: EndDeps, email: string, source: Source, now: Date): Promise<StoredRule[]> {
  const ruler = await readRuler(table, email);
  const scope = ruler && !('unreadable' in ruler) ? ruler : undefined;
  const removed: StoredRule[] = [];
  for (let from: string | undefined = ' '; from !== undefined; ) {
    const page: Awaited<ReturnType<typeof listRules>> = await listRules(table, undefined, from);
    const outside = page.rules.filter(
      (rule): rule is StoredRule =>
        !('unreadable' in rule) && rule.asRuler === true && rule.setBy === email && !(scope && inside(scope, rule)),
    );
    for (const rule of outside) {
      const event = { email: rule.email, by, why: 'out_of_scope', rule: ruleName(rule), before: ruleAnswer(rule) };
      await Promise.all([
        removeRule(table, rule, rule),
        writeEvent(table, { act: 'rule_removed', ...event }, source, now),
      ]);
    }
    removed.push(...outside);
    from = page.next;
  }
  return removed;
}
