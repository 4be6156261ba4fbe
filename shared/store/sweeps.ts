import * as v from 'valibot';
import type { RuleKey } from '../policy/policy';
import { keys } from './keys';
import { lease } from './lease';
import { readRow } from './read-row';
import type { Key, Table } from './table';

/** A rule or a ruler's scope was changed, so live grants may no longer be covered. */
const sweepItem = v.object({
  pk: v.string(),
  sk: v.string(),
  /** The key of the changed rule. */
  rule: v.optional(
    v.object({
      email: v.string(),
      host: v.string(),
      db: v.string(),
      role: v.string(),
      which: v.picklist(['allow', 'deny']),
    }),
  ),
  /** The ruler whose scope was changed. */
  ruler: v.optional(v.string()),
  /** Until then a request that read the old rules may still run. */
  until: v.number(),
  /** The last person or rule that was done when the time was up. */
  after: v.optional(v.string()),
});
type SweepItem = v.InferOutput<typeof sweepItem>;

/** Sweeps of a changed rule, and of a changed scope. */
export type RuleSweep = Omit<SweepItem, 'rule' | 'ruler'> & { rule: RuleKey };
export type RulerSweep = Omit<SweepItem, 'rule' | 'ruler'> & { ruler: string };

/** Notes, before a change, what to sweep after it: at once, and again when no request that read the old rules is left. */
export async function planSweep(table: Table, what: { rule: RuleKey } | { ruler: string }, now: number): Promise<void> {
  const key = 'rule' in what ? keys.ruleSweep(what.rule) : keys.rulerSweep(what.ruler);
  const until = now + lease;
  // A late put must not shorten the sweep of a later change.
  const newest = { if: 'attribute_not_exists(#pk) OR #until <= :until', values: { until } };
  await table.put({ ...key, ...what, until, duePk: keys.sweeps, dueAt: now }, newest);
}

/** The sweeps to do now. */
export async function readDueSweeps(
  table: Table,
  now: number,
): Promise<{ ofRules: RuleSweep[]; ofRulers: RulerSweep[] }> {
  const items = await table.query({ pk: keys.sweeps, index: 'due', upTo: now });
  const found = items.flatMap((item) => readRow(table, sweepItem, item) ?? []);
  return {
    ofRules: found.flatMap(({ rule, ruler: _, ...one }) => (rule === undefined ? [] : [{ ...one, rule }])),
    ofRulers: found.flatMap(({ ruler, rule: _, ...one }) => (ruler === undefined ? [] : [{ ...one, ruler }])),
  };
}

/** Closes a sweep, unless there was another change meanwhile. Before `until` it waits for its second run. */
export async function closeSweep(table: Table, { pk, sk, until }: Key & { until: number }, now: number): Promise<void> {
  const same = { if: '#until = :until', values: { until } };
  if (now >= until) await table.delete({ pk, sk }, same);
  else await table.update({ pk, sk }, { set: { dueAt: until }, remove: ['after'], ...same });
}

/** Notes how far a sweep has come, unless there was another change meanwhile: that sweep starts again. */
export async function noteProgress(
  table: Table,
  { pk, sk, until }: Key & { until: number },
  after: string,
): Promise<void> {
  await table.update({ pk, sk }, { set: { after }, if: '#until = :until', values: { until } });
}
