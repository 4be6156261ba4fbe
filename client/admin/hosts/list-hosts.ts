import { sideBySide } from '../../../shared/async/side-by-side';
import type { RegistryDeps } from './host-registry';
import { retirementOf, settledAt } from './retirement';

/** `retiring`: its removal has begun and can be finished at `until`, in whole seconds. `unreadable`: its secret is no object in JSON. */
export type RegisteredHost = { host: string } & (
  | { state: 'registered' | 'unreadable' }
  | { state: 'retiring'; until: number }
);

const atOnce = 8;

/** All registered hosts in the order of their names. One that was made in the last minutes may be missing. */
export async function listHosts({ hosts }: Pick<RegistryDeps, 'hosts'>): Promise<RegisteredHost[]> {
  const found = await sideBySide(atOnce, await hosts.list(), async (host): Promise<RegisteredHost[]> => {
    const stored = await hosts.read(host);
    // Deleted since it was listed.
    if (stored === 'deleted' || stored === 'missing') return [];
    if (stored === 'unreadable') return [{ host, state: 'unreadable' }];
    const retiredAt = retirementOf(stored.fields);
    return [
      retiredAt === undefined
        ? { host, state: 'registered' }
        : { host, state: 'retiring', until: settledAt(retiredAt) },
    ];
  });
  return found.flat();
}
