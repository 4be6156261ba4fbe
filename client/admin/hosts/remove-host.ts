import { sideBySide } from '../../../shared/async/side-by-side';
import { together } from '../../../shared/async/together';
import type { StoredHost } from '../../../shared/aws/host-secrets';
import { registeredName } from '../../../shared/contract/names';
import { type End, type EndDeps, endGrant, whyNotEnded } from '../../../shared/grants/end-grant';
import { seconds } from '../../../shared/policy/time';
import { readGrantsOn } from '../../../shared/store/grants/reads';
import type { EndedGrant, LivingGrant } from '../../../shared/store/grants/row';
import type { UnreadableGrant } from '../../../shared/store/grants/rows';
import { counts } from '../../../shared/store/grants/states';
import {
  type Actor,
  type HostLog,
  type HostRefusal,
  hostLog,
  invalidHost,
  type RegistryDeps,
  refusal,
} from './host-registry';
import { retirementOf, settledAt } from './retirement';

export type RemoveDeps = RegistryDeps & EndDeps;

export interface Removal extends Actor {
  host: string;
  /** Ends the grants that live there first. */
  force?: boolean;
}

/** A grant that stands in the way, and why it could not be ended where that was tried: a code of the API. */
export interface LeftGrant {
  grant: LivingGrant | UnreadableGrant;
  reason?: string;
}

/** `until`, in whole seconds: ask again then. `ended`: the grants that this call ended. */
export type Removed =
  | { state: 'removed'; host: string; ended: EndedGrant[] }
  | { state: 'retiring'; host: string; until: number; ended: EndedGrant[] }
  | (HostRefusal & { left?: LeftGrant[] });

const atOnce = 8;

/**
 * Removes a host in two phases; each call may be repeated, after a crash too. The first retires it: functions treat it like an
 * unknown one, but what lives there can still be ended. Once no function can know it otherwise, its secret is deleted, if no grant
 * lives there. It may be restored for a week.
 */
export async function removeHost(deps: RemoveDeps, input: Removal, now: Date): Promise<Removed> {
  const host = registeredName(input.host);
  if (host === undefined) return invalidHost();
  const log = hostLog(deps, input, now);
  const stored = await deps.hosts.read(host);
  if (stored === 'deleted') return { state: 'removed', host, ended: [] };
  if (stored === 'missing' || stored === 'unreadable') return log.refuse(unusable(host, stored));
  const { live, unreadable } = await livingOn(deps, host);
  const standing: LeftGrant[] = [...live.map((grant) => ({ grant })), ...unreadable];
  if (standing.length > 0 && !input.force) return log.refuse(inUse(host, standing), standing.length);
  const retiredAt =
    retirementOf(stored.fields) ?? (await retire(deps.hosts, { ...stored, host, retiredAt: seconds(now) }, log));
  if (typeof retiredAt !== 'number') return log.refuse(retiredAt);
  const cause = { why: 'revoked' as const, by: input.by, source: input.source };
  const end = (grant: LivingGrant) => endGrant(deps, grant, cause, now);
  const { ended, left } = input.force ? await endAll(deps, host, end) : { ended: [], left: [] };
  if (left.length > 0) return log.refuse(inUse(host, left), left.length);
  const until = settledAt(retiredAt);
  if (seconds(now) < until) return { state: 'retiring', host, until, ended };
  await together([deps.hosts.delete(host), log.note({ act: 'host_removed', host })]);
  return { state: 'removed', host, ended };
}

/** A record that can't be read may be of a live login. It stands in the way until an admin has mended it. */
async function livingOn(
  { table }: RemoveDeps,
  host: string,
): Promise<{ live: LivingGrant[]; unreadable: LeftGrant[] }> {
  const { grants, unreadable } = await readGrantsOn(table, host);
  return {
    live: grants.filter(counts),
    unreadable: unreadable.map((grant) => ({ grant, reason: 'row_unreadable' })),
  };
}

/** Writes into the secret, beside all that is there, that the host is on its way out. */
async function retire(
  hosts: RegistryDeps['hosts'],
  { host, fields, version, retiredAt }: Exclude<StoredHost, string> & { host: string; retiredAt: number },
  log: HostLog,
): Promise<number | HostRefusal> {
  const [change] = await together([
    hosts.retire(host, { ...fields, retiredAt }, version),
    log.note({ act: 'host_retired', host }),
  ]);
  if (change === 'changed') return retiredAt;
  return refusal(host, 'host_changed', `The secret of ${host} was changed just now. Ask again.`);
}

/** Functions that don't know of the removal yet may have made grants since the last look. */
async function endAll(
  deps: RemoveDeps,
  host: string,
  end: (grant: LivingGrant) => Promise<End>,
): Promise<{ ended: EndedGrant[]; left: LeftGrant[] }> {
  const { live, unreadable } = await livingOn(deps, host);
  const ends = await sideBySide(atOnce, live, end);
  return {
    ended: ends.flatMap((end) => (end.state === 'ended' ? [end.grant] : [])),
    left: [...ends.flatMap(leftBy), ...unreadable],
  };
}

const leftBy = (end: End): LeftGrant[] =>
  end.state === 'ended' ? [] : [{ grant: end.grant, reason: whyNotEnded(end) }];

function unusable(host: string, what: 'missing' | 'unreadable'): HostRefusal {
  if (what === 'missing') return refusal(host, 'host_unknown', `${host} is not registered.`);
  const next = 'Replace it with a good login first, or delete it in Secrets Manager.';
  return refusal(host, 'secret_invalid', `The secret of ${host} can't be read. ${next}`);
}

/** Says how many grants stand in the way, and whose they are. */
function inUse(host: string, left: LeftGrant[]): HostRefusal & { left: LeftGrant[] } {
  const emails = left.map(({ grant }) => grant.email);
  const whose = [...new Set(emails)].sort().map((email) => {
    const held = emails.filter((other) => other === email).length;
    return held > 1 ? `${email} (${held})` : email;
  });
  const reasons = [...new Set(left.flatMap(({ reason }) => reason ?? []))].sort();
  const tried = reasons.length > 0 ? ` They could not be ended yet: ${reasons.join(', ')}. Ask again later.` : '';
  const detail = `${left.length} ${left.length === 1 ? 'grant lives' : 'grants live'} on ${host}: ${whose.join(', ')}.${tried}`;
  return { ...refusal(host, 'host_in_use', detail), left };
}
