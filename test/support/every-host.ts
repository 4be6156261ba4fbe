import type { KnownHosts } from '../../shared/aws/known-hosts';

/** Where every host is registered. */
export const everyHost: KnownHosts = { stateOf: async () => 'registered', names: async () => [] };
