import type { Log } from '../aws/log';
import type { Unreadable } from '../policy/policy';
import type { Call } from './call';

/** Raises the alarm for rules and scopes that can't be read: they deny, and whoever wrote them does not know. (infra/alarms.ts waits for this code.) */
export function reportUnreadable(log: Log, found: readonly (object | Unreadable)[], { request }: Call): void {
  const { requestId } = request;
  if (found.some((one) => 'unreadable' in one)) log.error('rule_unreadable', { requestId });
}
