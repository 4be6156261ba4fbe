import type { HostSecrets } from '../../../shared/aws/host-secrets';
import { type Event, type Source, writeEvent } from '../../../shared/store/audit';
import type { Table } from '../../../shared/store/table';

/** What every change of the registered hosts needs. */
export interface RegistryDeps {
  table: Table;
  hosts: HostSecrets;
}

/** Who changes the hosts, as the audit log is to name them, and in which call. */
export interface Actor {
  by: string;
  source: Source;
}

/** Why a host was not registered, changed or removed; `detail` says what to do and holds nothing secret. */
export interface HostRefusal {
  state: 'refused';
  /** Empty for a name that can't be a host's. */
  host: string;
  reason:
    | 'host_invalid'
    | 'secret_invalid'
    | 'host_exists'
    | 'host_unknown'
    | 'host_changed'
    | 'host_in_use'
    | 'rotation_off'
    | 'rotation_under_way';
  detail: string;
}

/** Does not repeat the name: it may be an address with a password in it. */
export const invalidHost = (): HostRefusal => ({
  state: 'refused',
  host: '',
  reason: 'host_invalid',
  detail: 'This is no host name such as mongodb03.lab.org or localhost:27020.',
});

/** Appends what is decided about a host, by whoever acts. */
export function noteHost(
  { table }: RegistryDeps,
  event: Pick<Event, 'act' | 'reason' | 'count'> & { host: string },
  { by, source }: Actor,
  now: Date,
): Promise<void> {
  return writeEvent(table, { ...event, email: by, by }, source, now);
}

/** Notes a refusal, and hands it back. */
export async function refuse<R extends HostRefusal>(
  deps: RegistryDeps,
  refusal: R,
  actor: Actor,
  now: Date,
  count?: number,
): Promise<R> {
  const { host, reason } = refusal;
  await noteHost(deps, { act: 'host_refused', host, reason, ...(count !== undefined && { count }) }, actor, now);
  return refusal;
}
