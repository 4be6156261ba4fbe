import type { ClientContext } from '../client-context';
import type { OpenClients } from '../mongo/open-clients';
import type { Credential } from '../settings/credentials';
import { dueAt, hasEnded, isDue } from './due';
import { obtainCredential } from './obtain-credential';

/** Milliseconds. It looks for due credentials at least once in `most`, since a machine may sleep, and at most once in `least`. */
const most = 10 * 60_000;
const least = 30_000;

/**
 * Renews the credentials of a program that runs on and on, before they end. A renewal keeps the password, so everything that was opened
 * with it works on. Its timer keeps no process alive.
 */
export function keepAlive(deps: ClientContext, clients: OpenClients) {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function renewDue(): Promise<void> {
    clients.closeQuiet();
    for (const { wanted, credential } of clients.inUse())
      if (isDue(credential, deps.now()) && !hasEnded(credential, deps.now()))
        // One that fails holds up no other. Whoever asks for its database learns why.
        await obtainCredential(deps, wanted).then(
          (later) => clients.update(wanted, later),
          () => {},
        );
  }

  function look(): void {
    clearTimeout(timer);
    const open = clients.inUse();
    if (stopped || open.length === 0) return;
    const wait = Math.min(...open.map(({ credential }) => pauseFor(credential, deps.now())));
    // A failed renewal is tried again.
    timer = setTimeout(() => void renewDue().then(look), Math.min(most, Math.max(least, wait))).unref();
  }

  return {
    look,
    stop: (): void => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** The time until it is due. If it already is, and could not be renewed, a part of the time that is left. */
function pauseFor(credential: Credential, now: Date): number {
  const left = (time: Date | undefined) => (time ? time.getTime() - now.getTime() : most);
  if (hasEnded(credential, now)) return most;
  return isDue(credential, now) ? left(credential.expires) / 10 : left(dueAt(credential));
}
