import { resolve } from 'node:path';
import * as v from 'valibot';
import { parseJsonText } from '../shared/contract/json-text';
import { duration } from '../shared/policy/durations';
import { tellOfLeft } from './left-logins';
import { type Ports, startService, usualPorts } from './service';
import { StartError } from './start-error';
import { walkThrough } from './walk-through';

const longestEnding = 8000;

/** `npm start`: the whole service on this machine, until Ctrl-C. */
async function start(env: NodeJS.ProcessEnv): Promise<void> {
  const ended = endSignal();
  const dataDir = folderOf(env);
  const service = await startService({
    ports: portsOf(env),
    settings: settingsOf(env.MONGOGRANT_SETTINGS),
    reapEvery: reapEveryOf(env.REAP_EVERY || '60 s'),
    dataDir,
    mongodbUri: env.MONGODB_URI || undefined,
    mongod: env.MONGOD || undefined,
    onLeft: (left) => {
      for (const line of tellOfLeft(left, dataDir)) console.log(line);
    },
  });
  console.log(walkThrough(service, dataDir));
  await ended;
  setTimeout(() => process.exit(1), longestEnding).unref();
  await service.close();
}

/** Logins on a given server outlive this service, so its data must, too. */
const folderOf = ({ DATA_DIR, MONGODB_URI }: NodeJS.ProcessEnv): string | undefined =>
  DATA_DIR || (MONGODB_URI ? resolve('.mongogrant') : undefined);

/** Resolves at the first signal, even an early one. A signal may come twice, from the terminal and from the parent program. */
const endSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
    if (!process.env.npm_lifecycle_event) return;
    // When npm is told to end, it ends the shell between it and us, but not us.
    const shell = process.ppid;
    setInterval(() => process.ppid !== shell && resolve(), 200).unref();
  });

function portsOf(env: NodeJS.ProcessEnv): Ports {
  const ports = { ...usualPorts };
  for (const name of Object.keys(usualPorts) as (keyof Ports)[]) {
    const written = env[name];
    if (!written) continue;
    if (!/^\d{1,5}$/.test(written) || Number(written) > 65_535)
      throw new StartError(`${name} must be a port from 0 to 65535, not "${written}"`);
    ports[name] = Number(written);
  }
  return ports;
}

function reapEveryOf(written: string): number {
  const { success, output, issues } = v.safeParse(duration(1), written);
  if (!success) throw new StartError(`REAP_EVERY ${issues[0].message}`);
  return output;
}

function settingsOf(written: string | undefined): Record<string, unknown> {
  let value: unknown = {};
  try {
    if (written) value = parseJsonText(written);
  } catch {
    throw new StartError('MONGOGRANT_SETTINGS is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new StartError('MONGOGRANT_SETTINGS must be a JSON object');
  return { ...value };
}

start(process.env).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof StartError ? error.message : error);
    process.exit(1);
  },
);
