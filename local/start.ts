import * as v from 'valibot';
import { duration } from '../shared/durations';
import { parseJsonText } from '../shared/json-text';
import { type Ports, startService, usualPorts } from './service';
import { StartError } from './start-error';
import { walkThrough } from './walk-through';

const longestEnding = 8000;

/** `npm start`: the whole service on this machine, until Ctrl-C. */
async function start(env: NodeJS.ProcessEnv): Promise<void> {
  const ended = endSignal();
  const service = await startService({
    ports: portsOf(env),
    settings: settingsOf(env.MONGOGRANT_SETTINGS),
    reapEvery: reapEveryOf(env.REAP_EVERY || '60 s'),
    dataDir: env.DATA_DIR || undefined,
    mongodbUri: env.MONGODB_URI || undefined,
    mongod: env.MONGOD || undefined,
  });
  console.log(walkThrough(service, env.DATA_DIR));
  await ended;
  setTimeout(() => process.exit(1), longestEnding).unref();
  await service.close();
}

/** Heard from the very start on, and once: a signal may come twice, from the terminal and from the program that started this one. */
const endSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
    if (!process.env.npm_lifecycle_event) return;
    // Told to end, npm ends the shell between it and us, and not us.
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
