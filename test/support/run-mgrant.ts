import type { Io } from '../../client/mgrant/io';
import { run } from '../../client/mgrant/program';

/** What a run of `mgrant` left on its streams. */
export interface Ran {
  status: number;
  out: string;
  err: string;
  /** What was waited for, with a spinner. */
  spun: string[];
}

export interface World extends Partial<Io> {
  /** The streams that are terminals; none by default. */
  terminals?: ('in' | 'out' | 'err')[];
  /** What is typed, one answer after the other. */
  answers?: string[];
  /** The settings file. */
  settings?: string;
}

/** Runs one command line of `mgrant` in this process, with a world that has no terminal and no network unless told otherwise. */
export async function runMgrant(
  args: readonly string[],
  { terminals = [], answers = [], settings, env = {}, ...world }: World = {},
): Promise<Ran> {
  const ran: Ran = { status: 0, out: '', err: '', spun: [] };
  const typed = answers.values();
  const answer = async (question: string) => {
    ran.err += question;
    const next = typed.next();
    if (next.done) throw new Error(`Nobody answers: ${question}`);
    return next.value;
  };
  const io: Io = {
    out: (text) => {
      ran.out += text;
    },
    err: (text) => {
      ran.err += text;
    },
    isTerminal: (stream) => terminals.includes(stream),
    columns: () => undefined,
    // Where CI is set no label is made, so that names are the same in each run.
    env: { CI: 'true', ...(settings !== undefined && { MGRANT_SETTINGS: settings }), ...env },
    readLine: answer,
    readSecret: answer,
    readInput: async () => '',
    readFile: async (path) => {
      throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    },
    now: () => new Date('2026-11-24T08:00:00.000Z'),
    sleep: async () => {},
    fetch: async () => {
      throw new Error('no network in this test');
    },
    spin: (text) => {
      ran.spun.push(text);
      return { say: (more) => void ran.spun.push(more), stop: () => {} };
    },
    startProgram: async () => {
      throw new Error('no programs in this test');
    },
    onSignals: () => () => {},
    leave: () => {},
    onInterrupt: () => () => {},
    runProgram: async () => {
      throw new Error('no programs in this test');
    },
    ...world,
  };
  ran.status = await run(args, io);
  return ran;
}
