import type { Log } from '../aws/log';
import type { Unreadable } from '../policy/policy';
import type { Call } from './call';

/** Raises an alarm (see infra/alarms.ts) for rules and scopes that can't be read: they deny, and their authors do not know. */
export function reportUnreadable(log: Log, found: readonly (object | Unreadable)[], { request }: Call): void {
  const { requestId } = request;
  if (found.some((one) => 'unreadable' in one)) log.error('rule_unreadable', { requestId });
}
