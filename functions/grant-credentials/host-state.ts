import type { HostSecret, HostState } from '../../shared/aws/host-secret';
import { ApiError } from '../../shared/contract/errors';
import type { Rule, Unreadable, Wish } from '../../shared/policy/policy';

export function stateOf(secret: Pick<HostSecret, 'retiredAt'> | undefined): HostState {
  if (!secret) return 'unregistered';
  return secret.retiredAt === undefined ? 'registered' : 'retired';
}

/** Whether one of these rules names this very host. Whoever has such a rule may know what became of the host. */
export const nameHost = (rules: readonly (Rule | Unreadable)[], host: string): boolean =>
  rules.some((rule) => !('unreadable' in rule) && rule.host === host);

/** What a person is told whom the rules refuse, or whose host they must not learn about. */
export const noRule = ({ role, db, host }: Wish): ApiError =>
  new ApiError(
    'not_allowed',
    `No rule gives you ${role} on ${db} at ${host}. Look what the rules open to you, or ask an admin for more.`,
  );

/** What a person is told whose rule names a host on which no login can begin. */
export function noHost({ role, db, host }: Wish, state: Exclude<HostState, 'registered'>): ApiError {
  const what =
    state === 'retired'
      ? 'but that host is retired: no new login begins there. Ask your admin which host takes its place.'
      : 'but no such host is registered. Ask your admin to register it.';
  return new ApiError('not_allowed', `The rules give you ${role} on ${db} at ${host}, ${what}`);
}
