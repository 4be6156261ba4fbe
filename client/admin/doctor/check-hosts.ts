import { setTimeout as pause } from 'node:timers/promises';
import { sideBySide } from '../../../shared/async/side-by-side';
import type { Reach } from '../../../shared/store/reach';
import type { HostReport } from '../hosts/check-host';
import { blindSpot } from '../hosts/judge-host';
import type { RegisteredHost } from '../hosts/list-hosts';
import { attempt } from './attempt';
import { type Finding, fail, ok, operations, skipped, warn } from './finding';

export interface HostsDeps {
  list(): Promise<RegisteredHost[]>;
  check(host: string): Promise<HostReport>;
  /** What the functions noted of a host that did not answer them. */
  reach(host: string): Promise<Reach | undefined>;
}

const atOnce = 4;
/** Milliseconds for one host. */
const deadline = 20_000;
/** Seconds after which nobody knows whether the functions still get no answer. */
const recent = 600;

/** Each registered host, as `hosts check` sees it from here, and as the functions last saw it. */
export const checkHosts = (hosts: HostsDeps, now: Date): Promise<Finding[]> =>
  attempt({ check: 'hosts', action: 'secretsmanager:GetSecretValue' }, async () => {
    const registered = await hosts.list();
    if (registered.length === 0) return warn('hosts', 'No host is registered.', 'mgrant hosts add mongodb03.lab.org');
    const found = await sideBySide(atOnce, registered, (host) => checkOne(hosts, host, now));
    return found.flat();
  });

async function checkOne(hosts: HostsDeps, { host, state }: RegisteredHost, now: Date): Promise<Finding[]> {
  const check = `host ${host}`;
  const again = `mgrant hosts add ${host} --replace`;
  if (state === 'unreadable') return [fail(check, 'Its secret is no object in JSON.', again)];
  if (state === 'retiring')
    return [
      warn(check, 'It is being removed.', `Finish it with mgrant hosts remove ${host}, or bring it back: ${again}`),
    ];
  return attempt({ check, action: 'secretsmanager:GetSecretValue' }, async () => {
    const [report, reach] = await Promise.all([inTime(hosts.check(host)), hosts.reach(host).catch(() => undefined)]);
    return judgeHost(check, report, silentSince(reach, now));
  });
}

const inTime = (work: Promise<HostReport>): Promise<HostReport | 'late'> =>
  Promise.race([work, pause(deadline, 'late' as const, { ref: false })]);

function judgeHost(check: string, report: HostReport | 'late', silent: string | undefined): Finding {
  const host = check.slice('host '.length);
  const look = `mgrant hosts check ${host}`;
  const about = silent && `The functions get no answer from it either, since ${silent}.`;
  if (report === 'late') return unreached(check, `It did not answer here in ${deadline / 1000} s.`, about);
  if (report.state === 'unknown_host') return skipped(check, 'It was removed just now.', 'mgrant hosts list');
  if (report.state === 'unusable')
    return report.reason === 'unreachable'
      ? unreached(check, report.detail, about)
      : fail(check, report.detail, `mgrant hosts add ${host} --replace`);
  if (silent)
    return fail(
      check,
      `It answers here, but not the functions, since ${silent}.`,
      operations('a-host-does-not-answer'),
    );
  const { verdict, flavour, version, notes } = report;
  const [note] = notes.filter((one) => one !== blindSpot);
  const tell = (words: string) => `${flavour}${version ? ` ${version}` : ''}${words}.${note ? ` ${note}` : ''}`;
  if (verdict === 'not_usable') return fail(check, tell(": logins can't be given, or not ended"), look);
  if (verdict === 'limited') return warn(check, tell(': logins can be given and ended, but not all is well'), look);
  if (verdict === 'unknown') return warn(check, tell(' does not tell what the login may do'), look);
  return note === undefined ? ok(check, tell(', ready')) : warn(check, tell(', ready'), look);
}

/** The functions may sit elsewhere in the network. Then silence here is no failure there. */
const unreached = (check: string, detail: string, about: string | undefined): Finding =>
  about
    ? fail(check, `${detail} ${about}`, operations('a-host-does-not-answer'))
    : warn(check, `${detail} The functions noted nothing of it.`, 'Look from the network of the functions.');

function silentSince(reach: Reach | undefined, now: Date): string | undefined {
  if (!reach || reach.silentUntil === undefined) return undefined;
  const { failures, retryAt, since } = reach;
  const lasts = failures > 1 && retryAt > now.getTime() / 1000 - recent;
  return lasts ? new Date(since * 1000).toISOString() : undefined;
}
