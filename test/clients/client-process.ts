import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import type { Act, Role } from './steps';

/** One line on a client script's standard input. */
export interface Question {
  as: Role;
  does: Act;
  /** The address with the login, as mongogrant hands it out. */
  uri: string;
  host: string;
  username: string;
  password: string;
  /** A database that nobody granted, to do it there. */
  elsewhere?: string;
  count: number;
  batchSize: number;
  pipeline: object[];
}

const answer = v.union([
  v.strictObject({ value: v.unknown() }),
  v.strictObject({ code: v.number(), message: v.string() }),
  v.strictObject({ fault: v.string() }),
]);

/** One line of its standard output: what it saw, the server's refusal, or any other failure. */
export type Answer = v.InferOutput<typeof answer>;

export interface Client {
  ask(question: Question): Promise<Answer>;
  end(): Promise<void>;
}

const patience = 30_000;

/** Starts a client script, which answers one line at a time until its input ends. */
export function startClient(command: string, args: string[], env: NodeJS.ProcessEnv = process.env): Client {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const gone = new Promise<Answer>((resolve) => {
    child.once('error', (error) => resolve({ fault: `${command} can't be started: ${error.message}` }));
    child.once('close', (code, signal) => resolve({ fault: `ended with ${signal ?? code}: ${complaints.trim()}` }));
  });
  // A client that is gone says so in its answer, not here.
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = lines.next().then(({ done, value }) => (done ? gone : read(value)));
      return Promise.race([line, gone, tooLate()]);
    },
    async end() {
      child.stdin.end();
      await ended(child);
    },
  };
}

function read(line: string): Answer {
  try {
    return v.parse(answer, JSON.parse(line));
  } catch {
    return { fault: `printed ${line}` };
  }
}

function tooLate(): Promise<Answer> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ fault: `no answer within ${patience / 1000} s` }), patience).unref();
  });
}

/** Leaves a client some seconds to end by itself. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const kill = setTimeout(() => child.kill('SIGKILL'), 5000);
  await once(child, 'exit');
  clearTimeout(kill);
}
