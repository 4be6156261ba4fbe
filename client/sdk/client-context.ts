import { setTimeout as pause } from 'node:timers/promises';
import type { ClientDeps } from './api/ask-api';
import { environmentFetch } from './api/environment-fetch';
import { type Door, fetchApi } from './api/fetch-api';
import type { ClientOptions } from './client-options';
import type { Look } from './credentials/standing';
import { defined } from './defined';
import { serviceClock } from './service-clock';
import { hasHome } from './settings/locate-settings';
import type { SettingsFile } from './settings/settings-file';
import { settingsInUse } from './settings/settings-in-use';
import { isPipeline, readVariable } from './variables';
import { chosenEndpoint, withGivenToken } from './which-service';

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
  /** The only service that is asked; undefined: all that the settings have, in their order. */
  endpoint(): Promise<string | undefined>;
  /** The label of the logins that this client asks for; the one of this home if it is left out. */
  label?: string;
  /** Whether a home without a label gets one. */
  makesLabel: boolean;
  ttl?: string | number;
  allowHttp: boolean;
}

/** People wait for most answers of the client, so it gives up sooner than a job would. */
const patience = { tries: 3, longestPause: 20 };

export function clientContext(options: ClientOptions): ClientContext {
  const {
    settings,
    env = process.env,
    fetch = environmentFetch(env),
    clock = () => new Date(),
    sleep = (seconds: number) => pause(seconds * 1000),
    timeout = 30_000,
    allowHttp = false,
    onWarning = (message: string) => process.emitWarning(message, 'MongograntWarning'),
    endpoint,
    ttl,
    label = readVariable(env, 'MGRANT_LABEL'),
  } = options;
  const warn = once(onWarning);
  const file = withGivenToken(settingsInUse({ settings, env, warn }), { endpoint, env });
  const watched = serviceClock({ fetch, clock });
  return {
    file,
    endpoint: () => chosenEndpoint(file, { endpoint, env }),
    apiOf: (door, { tries, timeout: most } = { tries: patience.tries, timeout }) => {
      const api = fetchApi(door, { fetch: watched.fetch, timeout: Math.min(timeout, most), allowHttp });
      return { api, sleep, ...patience, tries };
    },
    now: watched.now,
    looks: new Map(),
    warn,
    sleep,
    allowHttp,
    makesLabel: hasHome(env) && !isPipeline(env),
    ...defined({ label, ttl }),
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
