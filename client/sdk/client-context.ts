import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientDeps } from './api/ask-api';
import { type Door, fetchApi } from './api/fetch-api';
import type { ClientOptions } from './client-options';
import type { Look } from './credentials/standing';
import { defined } from './defined';
import { serviceClock } from './service-clock';
import { type SettingsFile, settingsFile } from './settings/settings-file';

/** All that the client's parts need, with the defaults filled in. */
export interface ClientContext {
  file: SettingsFile;
  apiOf(door: Door, most?: { tries: number; timeout: number }): ClientDeps;
  /** By the service's clock, once it has answered. */
  now(): Date;
  /** What the service said of the credentials, by {@link keyOf}. */
  looks: Map<string, Look>;
  warn(message: string): void;
  sleep(seconds: number): Promise<void>;
  endpoint?: string;
  /** The label of the logins that this client asks for; the one of the settings file if it is left out. */
  label?: string;
  ttl?: string | number;
  allowHttp: boolean;
}

/** People wait for most answers of the client, so it gives up sooner than a job would. */
const patience = { tries: 3, longestPause: 20 };

export function clientContext(options: ClientOptions): ClientContext {
  const {
    settings = join(homedir(), '.mongogrant.json'),
    fetch = globalThis.fetch,
    clock = () => new Date(),
    sleep = (seconds: number) => pause(seconds * 1000),
    timeout = 30_000,
    allowHttp = false,
    onWarning = (message: string) => process.emitWarning(message, 'MongograntWarning'),
    endpoint,
    label,
    ttl,
  } = options;
  const watched = serviceClock({ fetch, clock });
  return {
    file: settingsFile(settings),
    apiOf: (door, { tries, timeout: most } = { tries: patience.tries, timeout }) => {
      const api = fetchApi(door, { fetch: watched.fetch, timeout: Math.min(timeout, most), allowHttp });
      return { api, sleep, ...patience, tries };
    },
    now: watched.now,
    looks: new Map(),
    warn: once(onWarning),
    sleep,
    allowHttp,
    ...defined({ endpoint, label, ttl }),
  };
}

/** Tells each message once: a program that runs for days does not need it again. */
function once(tell: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
