import { soon } from '../../shared/aws/aws-requests';
import { type HostState, hostOfSecret, hostSecretName, retiredStage } from '../../shared/aws/host-secret';
import { secretLooks } from '../../shared/aws/secrets-manager';
import { isHost } from '../../shared/contract/names';

/** Which hosts are registered, for a function that must not read their logins. */
export interface KnownHosts {
  stateOf(host: string): Promise<HostState>;
  /** The names of all hosts, retired ones included. A host that is only minutes old may be missing. */
  names(): Promise<string[]>;
}

export function knownHosts(prefix: string): KnownHosts {
  const { labels, list } = secretLooks(soon);
  return {
    async stateOf(host) {
      const current = await labels(`${prefix}/${hostSecretName(host)}`);
      if (typeof current === 'string') return 'unregistered';
      return current.includes(retiredStage) ? 'retired' : 'registered';
    },
    async names() {
      const names = await list(`${prefix}/hosts/`);
      return names.map((name) => hostOfSecret(name.slice(prefix.length + 1))).filter(isHost);
    },
  };
}
