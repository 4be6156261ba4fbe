import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { systemCode } from '../system-error';
import { findFreePort } from './free-port';
import { type Guard, startGuard } from './guard';
import { environmentOf } from './mongod-environment';

export interface MongodProcessOptions {
  /** Path of the server's binary. Its libraries may be in a folder `lib` beside it. */
  binary: string;
  /** A free port if left out. */
  port?: number | undefined;
  /** Where its data are; if left out, a temporary folder that is removed at the end. */
  folder?: string | undefined;
  flags?: readonly string[];
}

/** A MongoDB server in its own process, on 127.0.0.1. It ends with this process at the latest. */
export interface MongodProcess {
  readonly port: number;
  /** The process id now. */
  readonly pid: number;
  /** Sends a signal. If it ends the server, waits for the end. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Restarts it with the same port and data, and ends it first if it still runs. `flags`: new flags from now on. */
  restart(flags?: readonly string[]): Promise<void>;
  /** Its output since the last start. */
  readLog(): string;
  close(): Promise<void>;
}

/** The server could not start. `taken`: because its port is in use. */
export class MongodFault extends Error {
  override name = 'MongodFault';
  constructor(
    message: string,
    readonly taken: boolean,
  ) {
    super(message);
  }
}

const longestStart = 60_000;
const longestEnd = 5000;
const attempts = 5;
const smallAndLocal = ['--bind_ip', '127.0.0.1', '--nounixsocket', '--wiredTigerCacheSizeGB', '0.25'];
const setParameters = ['--setParameter', 'diagnosticDataCollectionEnabled=false'];

/** Starts a server and waits until it accepts connections. Rejects with a {@link MongodFault} if it can't. */
export async function startMongodProcess(options: MongodProcessOptions): Promise<MongodProcess> {
  const temporary = options.folder === undefined ? await mkdtemp(join(tmpdir(), 'mongogrant-mongod-')) : undefined;
  const home = temporary ?? resolve(options.folder ?? '');
  const guard = startGuard(temporary);
  try {
    mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 });
    return await startOnSomePort(options, home, guard);
  } catch (error) {
    await guard.close();
    throw error;
  }
}

async function startOnSomePort(options: MongodProcessOptions, home: string, guard: Guard): Promise<MongodProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await findFreePort());
    try {
      return await startAt({ binary: options.binary, port, home, guard }, options);
    } catch (error) {
      const other = !options.port && attempt < attempts && error instanceof MongodFault && error.taken;
      if (!other) throw error;
    }
  }
}

interface Place {
  binary: string;
  port: number;
  home: string;
  guard: Guard;
}

async function startAt(place: Place, options: Pick<MongodProcessOptions, 'flags' | 'folder'>): Promise<MongodProcess> {
  let flags = options.flags ?? [];
  let running = await runMongod(place, flags);
  const pidOf = () => {
    if (running.child.pid === undefined) throw new MongodFault('the server has no process', false);
    return running.child.pid;
  };
  return {
    port: place.port,
    get pid() {
      return pidOf();
    },
    async kill(signal) {
      process.kill(pidOf(), signal);
      if (signal === 'SIGKILL' || signal === 'SIGTERM') await running.ended;
    },
    async restart(others = flags) {
      await end(running, 'SIGTERM');
      flags = others;
      running = await runMongod(place, flags);
    },
    readLog: () => readFileSync(running.log, 'utf8'),
    async close() {
      await end(running, options.folder === undefined ? 'SIGKILL' : 'SIGTERM');
      await place.guard.close();
    },
  };
}

interface Running {
  child: ChildProcess;
  log: string;
  ended: Promise<void>;
}

let starts = 0;

async function runMongod(place: Place, flags: readonly string[]): Promise<Running> {
  const { binary, port, home, guard } = place;
  const log = join(home, `mongod-${++starts}.log`);
  const output = openSync(log, 'w', 0o600);
  const own = ['--dbpath', join(home, 'data'), '--port', String(port)];
  const child = spawn(binary, [...own, ...smallAndLocal, ...setParameters, ...flags], {
    stdio: ['ignore', output, output],
    env: environmentOf(binary),
    detached: true,
  });
  closeSync(output);
  child.unref();
  guard.watch(child.pid);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  }).then(() => guard.watch(undefined));
  const running = { child, log, ended };
  await untilReady(running, place);
  return running;
}

async function untilReady({ child, log, ended }: Running, { binary, port }: Place): Promise<void> {
  let fault: string | undefined;
  child.once('error', (error) => {
    fault = systemCode(error) ?? error.message;
  });
  child.once('exit', (status, signal) => {
    fault ??= `it ended with ${signal ?? `status ${status}`}`;
  });
  const began = Date.now();
  for (;;) {
    const text = await readFile(log, 'utf8');
    if (fault !== undefined) {
      const taken = /address already in use/i.test(text);
      const words = taken ? `port ${port} is taken` : [fault, lastWords(text)].filter(Boolean).join(': ');
      throw new MongodFault(`${binary} can't run: ${words}`, taken);
    }
    if (/waiting for connections/i.test(text)) return;
    if (Date.now() - began > longestStart) {
      child.kill('SIGKILL');
      await ended;
      throw new MongodFault(`${binary} took no connections for ${longestStart / 1000} s`, false);
    }
    await pause(10);
  }
}

/** The last error in a log: the message and reason of a JSON line, or else the whole line. */
function lastWords(log: string): string {
  const lines = log.split('\n').filter((line) => line !== '' && (!line.startsWith('{') || /"s":"[EF]"/.test(line)));
  const last = lines.filter((line) => !/Fatal assertion|aborting after/.test(line)).at(-1) ?? lines.at(-1) ?? '';
  try {
    const { msg, attr } = JSON.parse(last);
    return `${msg} ${JSON.stringify(attr ?? {})}`;
  } catch {
    return last.slice(0, 300);
  }
}

/** Ends it cleanly if it can do that in time (a frozen one can't), or at once. */
async function end({ child, ended }: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (hasEnded(child)) return;
  child.ref();
  child.kill(signal);
  const cut = setTimeout(() => child.kill('SIGKILL'), longestEnd);
  await ended;
  clearTimeout(cut);
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
