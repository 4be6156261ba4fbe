import type { Command } from 'commander';
import type { AwsOptions } from '../admin/aws/aws-settings';
import type { Door } from '../sdk/api/fetch-api';
import type { Client } from '../sdk/client';
import type { ClientOptions } from '../sdk/client-options';
import { codeOf } from '../sdk/code-of';
import { defined } from '../sdk/defined';
import { serviceClock } from '../sdk/service-clock';
import type { Io, Spinner } from './io';
import { paintFor } from './paint';
import { Refused, UsageError } from './refused';
import { wrapText } from './widths';

/** What every command takes, and what those take that work with their caller's AWS rights. */
export interface SharedOptions extends AwsOptions {
  endpoint?: string;
  settings?: string;
  json?: boolean;
  allowHttp?: boolean;
  /** Of the commands that ask before they act. */
  yes?: boolean;
  by?: string;
}

export interface Context {
  io: Io;
  /** What `mgrant` ends with, if nothing goes wrong. */
  status: number;
}

const silent: Spinner = { say: () => {}, stop: () => {} };

export type Session = ReturnType<typeof openSession>;

/** One run of one command: what it was told, and how it talks. */
export function openSession(context: Context, command: Command) {
  const { io } = context;
  const shared = command.optsWithGlobals<SharedOptions>();
  const { json = false, yes = false, endpoint, settings, allowHttp } = shared;
  if (settings === '') throw new UsageError('--settings: names no file');
  const note = (line: string) => io.err(`${wrapText(line, io.columns('err'))}\n`);
  const { sleep, env } = io;
  const { fetch, now } = serviceClock({ fetch: io.fetch, clock: io.now });
  const options = { fetch, sleep, clock: now, env, onWarning: note, ...defined({ endpoint, settings, allowHttp }) };
  const spin = (text: string) => (io.isTerminal('err') ? io.spin(text) : silent);
  /** The SDK, set up for the remote that was named. It is loaded here, and not before, so that help comes at once. */
  const client = async (more: Pick<ClientOptions, 'ttl'> = {}): Promise<Client> =>
    new (await import('../sdk/client')).Client({ ...options, ...more });
  /** Waits for something, with a spinner if somebody looks. */
  const wait = <T>(text: string, work: (spinner: Spinner) => Promise<T>): Promise<T> => {
    const spinner = spin(text);
    return work(spinner).finally(spinner.stop);
  };
  return {
    ...{ io, json, options: shared },
    /** By the service's clock, once it has answered: what ends, ends by that. */
    now,
    /** Tells the milliseconds that have passed since. */
    stopwatch: () => {
      const began = io.now().getTime();
      return () => io.now().getTime() - began;
    },
    paint: { out: paintFor(io, 'out'), err: paintFor(io, 'err') },
    ...{ spin, client, wait },
    /** What the SDK's own parts work with. */
    context: async (more: ClientOptions = {}) =>
      (await import('../sdk/client-context')).clientContext({ ...options, ...more }),
    /** The API itself, with the token of the remote that was named, or with another one. */
    api: async (door?: Door, more: Pick<ClientOptions, 'timeout'> = {}) =>
      (await import('./open-api')).openApi({ ...options, ...more }, door),
    /** Asks the service something, with a spinner. */
    ask: <T>(text: string, question: (client: Client) => Promise<T>): Promise<T> =>
      wait(text, async () => question(await client())),
    /** Everything but the result, for people: a line on stderr. */
    note,
    /** The result, on stdout: as JSON where that was asked for, as text otherwise. */
    show: (result: unknown, text: () => string) => io.out(json ? `${JSON.stringify(result, null, 2)}\n` : text()),
    /** Asks, and throws if the answer is not yes. Without a terminal, only `--yes` is a yes. */
    confirm: async (question: string): Promise<void> => {
      if (!yes) await askForYes(io, question);
    },
    /** The text of a file, or of stdin where the path is `-`. */
    readText: (path: string) => readText(io, path),
    /** What `mgrant` ends with, if nothing goes wrong. */
    exitWith: (status: number) => void Object.assign(context, { status }),
  };
}

const readText = ({ readInput, readFile }: Io, path: string): Promise<string> =>
  (path === '-' ? readInput() : readFile(path)).catch((cause: unknown) => {
    const code = codeOf(cause);
    throw new Refused('file_unreadable', `The file ${path} can't be read${code ? ` (${code})` : ''}.`);
  });

async function askForYes(io: Io, question: string): Promise<void> {
  if (!io.isTerminal('in') || !io.isTerminal('err'))
    throw new Refused(
      'not_confirmed',
      `${question} There is nobody here to ask: add --yes if you mean it. Nothing was changed.`,
    );
  const answer = await io.readLine(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Refused('not_confirmed', 'Nothing was changed.');
}
