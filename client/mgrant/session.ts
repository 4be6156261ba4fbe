import type { Command } from 'commander';
import type { AwsOptions } from '../admin/aws/aws-settings';
import type { ClientDeps } from '../sdk/api/ask-api';
import type { Door } from '../sdk/api/fetch-api';
import type { Client } from '../sdk/client';
import type { ClientOptions } from '../sdk/client-options';
import type { Io, Spinner } from './io';
import { type Paint, paintFor } from './paint';
import { readText } from './read-text';
import { Refused } from './refused';

/** What every command takes, and what those take that work with their caller's AWS rights. */
export interface SharedOptions extends AwsOptions {
  endpoint?: string;
  json?: boolean;
  allowHttp?: boolean;
  /** Of the commands that ask before they act. */
  yes?: boolean;
  by?: string;
}

/** One run of one command: what it was told, and how it talks. */
export interface Session {
  io: Io;
  json: boolean;
  endpoint: string | undefined;
  options: SharedOptions;
  paint: { out: Paint; err: Paint };
  /** The SDK, set up for the remote that was named. It is loaded here, and not before, so that help comes at once. */
  client(more?: Pick<ClientOptions, 'label' | 'ttl'>): Promise<Client>;
  /** The API itself, with the token of the remote that was named, or with another one. */
  api(door?: Door): Promise<ClientDeps>;
  /** Asks the service something, with a spinner. */
  ask<T>(text: string, question: (client: Client) => Promise<T>): Promise<T>;
  /** The text of a file, or of stdin where the path is `-`. */
  readText(path: string): Promise<string>;
  /** Everything but the result, for people: a line on stderr. */
  note(line: string): void;
  /** The result, on stdout: as JSON where that was asked for, as text otherwise. */
  show(result: unknown, text: () => string): void;
  /** Waits for something, with a spinner if somebody looks. */
  wait<T>(text: string, work: (spinner: Spinner) => Promise<T>): Promise<T>;
  spin(text: string): Spinner;
  /** Asks, and throws if the answer is not yes. Without a terminal, only `--yes` is a yes. */
  confirm(question: string): Promise<void>;
  /** What `mgrant` ends with, if nothing goes wrong. */
  exitWith(status: number): void;
}

export interface Context {
  io: Io;
  /** What `mgrant` ends with, if nothing goes wrong. */
  status: number;
}

const silent: Spinner = { say: () => {}, stop: () => {} };

export function openSession(context: Context, command: Command): Session {
  const { io } = context;
  const shared = command.optsWithGlobals<SharedOptions>();
  const { json = false, yes = false, endpoint, allowHttp } = shared;
  const note = (line: string) => io.err(`${line}\n`);
  const options: ClientOptions = {
    ...{ fetch: io.fetch, sleep: io.sleep, clock: io.now, onWarning: note },
    ...(endpoint !== undefined && { endpoint }),
    ...(io.settings !== undefined && { settings: io.settings }),
    ...(allowHttp !== undefined && { allowHttp }),
  };
  const spin = (text: string) => (io.isTerminal('err') ? io.spin(text) : silent);
  const client: Session['client'] = async (more = {}) =>
    new (await import('../sdk/client')).Client({ ...options, ...more });
  const wait: Session['wait'] = async (text, work) => {
    const spinner = spin(text);
    try {
      return await work(spinner);
    } finally {
      spinner.stop();
    }
  };
  return {
    ...{ io, json, endpoint, options: shared, note, spin, client, wait },
    paint: { out: paintFor(io, 'out'), err: paintFor(io, 'err') },
    api: async (door) => (await import('./open-api')).openApi(options, door),
    show: (result, text) => io.out(json ? `${JSON.stringify(result, null, 2)}\n` : text()),
    ask: (text, question) => wait(text, async () => question(await client())),
    readText: (path) => readText(io, path),
    confirm: (question) => (yes ? Promise.resolve() : askForYes(io, question)),
    exitWith: (status) => {
      context.status = status;
    },
  };
}

async function askForYes(io: Io, question: string): Promise<void> {
  if (!io.isTerminal('in') || !io.isTerminal('err'))
    throw new Refused(
      'not_confirmed',
      `${question} There is nobody here to ask: add --yes if you mean it. Nothing was changed.`,
    );
  const answer = await io.readLine(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Refused('not_confirmed', 'Nothing was changed.');
}
