import { isMongograntError } from '../../sdk/mongogrant-error';
import { detailOf } from '../detail-of';
import type { Io } from '../io';

/** Seconds that a login of `exec` lives without renewal. So long it outlives an `mgrant` that was killed. */
export const oneLife = 3_600;
const look = 60;
const minute = 60_000;

interface Kept {
  now: Io['now'];
  sleep: Io['sleep'];
  /** The first end of the login. */
  expires: Date;
  /** When the login is to end at the latest. */
  latest: Date;
  renew(ttl: number): Promise<Date>;
  note(line: string): void;
}

/** Renews a login at half of its life, until `over`. Looks each minute: a machine that slept has timers that are late. */
export async function keepRenewed({ now, sleep, note, ...login }: Kept, over: AbortSignal): Promise<void> {
  const latest = login.latest.getTime();
  let expires = login.expires.getTime();
  const halfway = () => (expires >= latest - 5_000 ? latest : now().getTime() + (expires - now().getTime()) / 2);
  let due = halfway();
  let told = false;
  while (!over.aborted) {
    await sleep(Math.min(look, Math.max(1, (due - now().getTime()) / 1000)), over).catch(() => {});
    if (over.aborted) return;
    const moment = now().getTime();
    if (moment >= latest) return note('The login has ended: its time is up. The command runs on without it.');
    if (moment < due) continue;
    try {
      expires = (await login.renew(Math.min(oneLife, Math.ceil((latest - moment) / 1000)))).getTime();
      [due, told] = [halfway(), false];
    } catch (failure) {
      if (over.aborted) return;
      if (isFinal(failure)) return note(`The login is renewed no more. ${detailOf(failure)}`);
      if (!told) note(`The login could not be renewed, and is tried again each minute. ${detailOf(failure)}`);
      [due, told] = [moment + minute, true];
    }
  }
}

/** Whether the service said no, and would say so again. */
const isFinal = (failure: unknown): boolean =>
  isMongograntError(failure) && ['not_allowed', 'grant_unknown', 'grant_revoked'].includes(failure.code);
