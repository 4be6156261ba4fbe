import { HostRefused, HostUnreachable, SecretUnusable } from '../contract/errors';

/** The name of a fault at a host in the audit log; `internal` is our own. */
export function reasonOf(
  fault: unknown,
): 'host_unreachable' | 'time_up' | 'host_refused' | 'secret_unusable' | 'internal' {
  if (fault instanceof HostUnreachable) return fault.why === 'time_up' ? 'time_up' : 'host_unreachable';
  if (fault instanceof HostRefused) return 'host_refused';
  return fault instanceof SecretUnusable ? 'secret_unusable' : 'internal';
}
