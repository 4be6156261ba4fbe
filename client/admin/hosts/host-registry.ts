import type { HostSecrets } from '../../../shared/aws/host-secrets';
import { type Event, type Source, writeEvent } from '../../../shared/store/audit';
import type { Table } from '../../../shared/store/table';

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

export const refusal = (host: string, reason: HostRefusal['reason'], detail: string): HostRefusal => ({
  ...{ state: 'refused', host, reason, detail },
});

/** Does not repeat the name: it may be an address with a password in it. */
export const invalidHost = (): HostRefusal =>
  refusal('', 'host_invalid', 'This is no host name such as mongodb03.lab.org or localhost:27020.');

export type HostLog = ReturnType<typeof hostLog>;

/** The audit log, for what is decided about hosts by whoever acts. */
export function hostLog({ table }: RegistryDeps, { by, source }: Actor, now: Date) {
  const note = (event: Pick<Event, 'act' | 'reason' | 'count'> & { host: string }): Promise<void> =>
    writeEvent(table, { ...event, email: by, by }, source, now);
  return {
    note,
    /** Notes a refusal, and hands it back. */
    refuse: async <R extends HostRefusal>(refused: R, count?: number): Promise<R> => {
      const { host, reason } = refused;
      await note({ act: 'host_refused', host, reason, ...(count !== undefined && { count }) });
      return refused;
    },
  };
}
