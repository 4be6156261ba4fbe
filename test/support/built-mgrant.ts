import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildClient } from '../../client/package/build-client';
import { onTerminal, type Ran } from './on-terminal';

/** The built `mgrant`, in a folder from which it finds the packages that it needs. `more`: what is in its environment beside PATH and HOME. */
export async function builtMgrant(more: Readonly<Record<string, string>> = {}) {
  const folder = resolve('node_modules', '.cache', `mgrant-${process.pid}`);
  await mkdir(folder, { recursive: true });
  await buildClient(folder);
  const binary = join(folder, 'mgrant.js');
  const children: ChildProcess[] = [];

  /** Starts it for somebody with this home folder. It has no terminal. */
  function start(home: string, args: readonly string[], input = '') {
    const child = spawn(binary, args, { env: { ...more, PATH: process.env.PATH, HOME: home }, stdio: 'pipe' });
    children.push(child);
    child.stdin.end(input);
    const ended = new Promise<number | null>((end) => child.once('close', end));
    const ran = async (): Promise<Ran> => {
      const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      return { status, out, err };
    };
    return { child, done: ran() };
  }

  /** Runs it on a terminal, and types each answer once its question is there. What is on the terminal is `out`. */
  async function runOnTerminal(
    home: string,
    args: readonly string[],
    answers: readonly (readonly [question: string, answer: string])[],
  ): Promise<Ran> {
    const command = [binary, ...args].map((word) => `'${word}'`).join(' ');
    return onTerminal(command, { ...more, PATH: process.env.PATH, HOME: home }, answers);
  }

  return {
    binary,
    runOnTerminal,
    start,
    run: (home: string, args: readonly string[], input?: string): Promise<Ran> => start(home, args, input).done,
    close: async () => {
      for (const child of children) child.kill();
      await rm(folder, { recursive: true });
    },
  };
}
