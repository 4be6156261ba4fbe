import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Io } from './io';

/** What a shell shows for a program that a signal ended. */
export const statusOf = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

export const startProgram: Io['startProgram'] = (command, args, env) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    const ended = new Promise<number>((end) => {
      child.once('exit', (code, signal) => end(code ?? (signal ? statusOf(signal) : 1)));
    });
    const pass = (name: NodeJS.Signals) => {
      if (!(typed.includes(name) && hasTerminal())) child.kill(name);
    };
    child.on('error', reject);
    child.once('spawn', () => resolve({ ended, pass }));
  });

export const runProgram: Io['runProgram'] = async (command, args, env) => {
  const { ended } = await startProgram(command, args, { ...process.env, ...env });
  // Ctrl-C in the terminal reaches both. The program decides what it means.
  const leave = () => {};
  process.on('SIGINT', leave);
  return ended.finally(() => process.off('SIGINT', leave));
};

const deadly: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];

export const onSignals: Io['onSignals'] = (act) => {
  for (const name of deadly) process.on(name, act);
  return () => {
    for (const name of deadly) process.off(name, act);
  };
};

/** What a terminal sends to all that run in its foreground. A program that got it twice might break off its own cleaning up. */
const typed: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}
