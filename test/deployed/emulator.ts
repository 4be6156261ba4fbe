import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { findFreePort } from '../../local/genuine/free-port';

/** Where `npm run install:emulator` puts it. */
export const emulatorFolder = resolve(__dirname, '../../.emulator');

export interface Emulator {
  port: number;
  url: string;
  /** For AWS's own clients, and for the CDK. Its home is an empty folder. */
  env: NodeJS.ProcessEnv;
  /** A folder that goes when the emulator does. */
  folder: string;
  /** The texts of the mails that SES took for an address. */
  mailsTo(address: string): Promise<string[]>;
  /** Calls a function by hand, with an event; rejects if it fails. */
  invoke(name: string, event?: object): Promise<void>;
  close(): Promise<void>;
}

const region = 'eu-central-1';
const readyMs = 60_000;
const mails = v.object({
  messages: v.record(v.string(), v.array(v.object({ To: v.array(v.string()), BodyText: v.string() }))),
});

/** An account of AWS with nothing in it, on a free port of this machine. */
export async function startEmulator(): Promise<Emulator> {
  const folder = mkdtempSync(join(tmpdir(), 'mongogrant-deployed-'));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const runtime = join(emulatorFolder, 'node', 'node_modules', '.bin');
  const child = spawn('python3', ['-m', 'ministack'], {
    cwd: folder,
    env: {
      // The functions run on what is first on the path: the version that the stack names.
      PATH: `${runtime}:${process.env.PATH}`,
      HOME: folder,
      PYTHONPATH: join(emulatorFolder, 'python'),
      GATEWAY_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      IOT_MTLS_ENABLED: '0',
      MINISTACK_REGION: region,
      STATE_DIR: join(folder, 'state'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // The functions are processes of its own: all end together.
    detached: true,
  });
  const end = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // All have ended.
    }
  };
  process.once('exit', () => end('SIGKILL'));
  const log = createWriteStream(join(folder, 'emulator.log'));
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  await ready(url, child).catch((fault: unknown) => {
    end('SIGKILL');
    throw fault;
  });

  const get = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  return {
    port,
    url,
    folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CI: 'true',
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async mailsTo(address) {
      const { messages } = v.parse(mails, await get('/_ministack/ses/messages'));
      const all = Object.values(messages).flat();
      return all.filter(({ To }) => To.includes(address)).map(({ BodyText }) => BodyText);
    },
    async invoke(name, event = {}) {
      const body = JSON.stringify(event);
      const response = await fetch(`${url}/2015-03-31/functions/${name}/invocations`, { method: 'POST', body });
      const fault = response.headers.get('x-amz-function-error');
      const text = await response.text();
      if (!response.ok || fault !== null) throw new Error(`${name}: ${response.status} ${fault} ${text}`);
    },
    async close() {
      end('SIGTERM');
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) await Promise.race([ended, wait(5000)]);
      end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  for (const until = Date.now() + readyMs; Date.now() < until && child.exitCode === null; await wait(200)) {
    const answer = await fetch(`${url}/_ministack/health`).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error('The emulator does not start: npm run install:emulator puts it here');
}
