import { faultOf } from '../../shared/aws/fault-of';
import type { Log } from '../../shared/aws/log';
import { type Authority, seesHost } from '../../shared/http/authenticate';
import type { KnownHosts } from './known-hosts';
import { lookAlikes } from './look-alikes';

/**
 * Warns of a rule for a host on which no login can begin, and names hosts that look alike, of those that this person may know. Without an
 * answer it warns of nothing: a rule may be set before its host.
 */
export async function warnOfHost(
  { hosts, log }: { hosts: KnownHosts; log: Log },
  person: Authority,
  host: string,
): Promise<string[]> {
  if (host === '*' || !seesHost(person, host)) return [];
  return warningsOf(hosts, person, host).catch((fault: unknown) => {
    log.warn('hosts_not_seen', faultOf(fault));
    return [];
  });
}

async function warningsOf(hosts: KnownHosts, person: Authority, host: string): Promise<string[]> {
  const state = await hosts.stateOf(host);
  if (state === 'registered') return [];
  if (state === 'retired') return [`The host ${host} is retired: no new login begins there.`];
  const alike = lookAlikes(
    host,
    (await hosts.names()).filter((name) => seesHost(person, name)),
  );
  const meant = alike.length > 0 ? ` Registered hosts of a like name: ${alike.join(', ')}.` : '';
  return [`No host ${host} is registered, so rules for it have no effect yet.${meant}`];
}
