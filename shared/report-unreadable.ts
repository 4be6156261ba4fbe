import type { Log } from './log';
import type { Unreadable } from './policy';

/** Raises the alarm for rules that can't be read: they deny, and whoever wrote them does not know. (infra/alarms.ts waits for this code.) */
export function reportUnreadable(log: Log, rules: readonly (object | Unreadable)[], requestId: string): void {
  if (rules.some((rule) => 'unreadable' in rule)) log.error('rule_unreadable', { requestId });
}
