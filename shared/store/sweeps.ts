import * as v from 'valibot';
import type { RuleKey } from '../policy/policy';
import { keys } from './keys';
import { lease } from './lease';
import { readRow } from './read-row';
import type { Key, Table } from './table';

/** Somebody changed a rule, or a ruler's scope, and live grants may no longer be covered. */
const sweepItem = v.object({
  pk: v.string(),
  sk: v.string(),
  /** A rule with this key was changed. */
  rule: v.optional(
    v.object({
      email: v.string(),
      host: v.string(),
      db: v.string(),
      role: v.string(),
      which: v.picklist(['allow', 'deny']),
    }),
  ),
  /** The scope of this ruler was changed. */
  ruler: v.optional(v.string()),
  /** Until then a request may go on that has read what was before. */
  until: v.number(),
  /** How far it has come, where the time was up: people, or rules, up to this one. */
  after: v.optional(v.string()),
});
type SweepItem = v.InferOutput<typeof sweepItem>;

/** Of a changed rule, and of a changed scope. */
export type RuleSweep = Omit<SweepItem, 'rule' | 'ruler'> & { rule: RuleKey };
export type RulerSweep = Omit<SweepItem, 'rule' | 'ruler'> & { ruler: string };

/** Notes, before the change itself, what has to be swept after it: at once, and again when every request that read the old is over. */
export async function planSweep(table: Table, what: { rule: RuleKey } | { ruler: string }, now: number): Promise<void> {
  const key = 'rule' in what ? keys.ruleSweep(what.rule) : keys.rulerSweep(what.ruler);
  const until = now + lease;
  // A put that arrives late must not take the time from the sweep of a later change.
  const newest = { if: 'attribute_not_exists(#pk) OR #until <= :until', values: { until } };
  await table.put({ ...key, ...what, until, duePk: keys.sweeps, dueAt: now }, newest);
}

/** What is to be swept now. */
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

/** Done, unless there was another change meanwhile; before `until` it only waits for its second time. */
export async function closeSweep(table: Table, { pk, sk, until }: Key & { until: number }, now: number): Promise<void> {
  const same = { if: '#until = :until', values: { until } };
  if (now >= until) await table.delete({ pk, sk }, same);
  else await table.update({ pk, sk }, { set: { dueAt: until }, remove: ['after'], ...same });
}

/** Notes how far a sweep has come, unless there was another change meanwhile: that one begins anew. */
export async function noteProgress(
  table: Table,
  { pk, sk, until }: Key & { until: number },
  after: string,
): Promise<void> {
  await table.update({ pk, sk }, { set: { after }, if: '#until = :until', values: { until } });
}
