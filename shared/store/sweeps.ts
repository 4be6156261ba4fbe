import * as v from 'valibot';
import type { RuleKey } from '../policy';
import { lease } from './grants';
import { keys } from './keys';
import type { Item, Table } from './table';

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
});
export type Sweep = v.InferOutput<typeof sweepItem>;

/** Notes, before the change itself, what has to be swept after it: at once, and again when every request that read the old is over. */
export async function planSweep(table: Table, what: { rule: RuleKey } | { ruler: string }, now: number): Promise<void> {
  const key = 'rule' in what ? keys.ruleSweep(what.rule) : keys.rulerSweep(what.ruler);
  await table.put({ ...key, ...what, until: now + lease, duePk: keys.sweeps, dueAt: now });
}

/** What is to be swept now. */
export const dueSweeps = async (table: Table, now: number): Promise<Sweep[]> =>
  (await table.query({ pk: keys.sweeps, index: 'due', upTo: now })).map((item: Item) => v.parse(sweepItem, item));

/** Done, unless there was another change meanwhile; before `until` it only waits for its second time. */
export async function closeSweep(table: Table, { pk, sk, until }: Sweep, now: number): Promise<void> {
  const same = { if: '#until = :until', values: { until } };
  if (now >= until) await table.delete({ pk, sk }, same);
  else await table.update({ pk, sk }, { set: { dueAt: until }, ...same });
}
