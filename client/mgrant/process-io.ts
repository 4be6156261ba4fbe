import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { isatty } from 'node:tty';
import yoctoSpinner from 'yocto-spinner';
import { environmentFetch } from '../sdk/api/environment-fetch';
import { decodeText } from '../sdk/decode-text';
import type { Io } from './io';
import { onSignals, runProgram, startProgram } from './programs';
import { Refused } from './refused';

/** This process and its terminal. */
export function processIo(): Io {
  return {
    out: (words) => void process.stdout.write(words),
    err: (words) => void process.stderr.write(words),
    // Asks by number: process.stdin would start to read input that may be for a program that we start.
    isTerminal: (stream) => isatty({ in: 0, out: 1, err: 2 }[stream]),
    columns: (stream) => {
      if (!isatty(stream === 'out' ? 1 : 2)) return undefined;
      return { out: process.stdout, err: process.stderr }[stream].columns || undefined;
    },
    env: process.env,
    readLine: (question) => readAnswer(process.stderr, (lines) => lines.question(question)),
    readSecret: async (question) => {
      const answer = await readAnswer(unseen, (lines) => {
        // Asks only now, when the terminal no longer shows what is typed.
        process.stderr.write(question);
        return lines.question('');
      });
      process.stderr.write('\n');
      return answer;
    },
    readInput: async () => decodeText(await buffer(process.stdin)),
    readFile: async (path) => decodeText(await readFile(path)),
    now: () => new Date(),
    sleep: (seconds, signal) => pause(seconds * 1000, undefined, { ...(signal && { signal }) }),
    fetch: environmentFetch(process.env),
    spin: (words) => {
      const spinner = yoctoSpinner({ text: words, stream: process.stderr }).start();
      return {
        say: (more) => {
          spinner.text = more;
        },
        stop: () => void spinner.stop(),
      };
    },
    onInterrupt: (act) => {
      process.once('SIGINT', act);
      return () => void process.off('SIGINT', act);
    },
    leave: () => void process.stdout.write('', () => process.exit()),
    ...{ startProgram, runProgram, onSignals },
  };
}

const givenUp = () => new Refused('given_up', 'Given up: nothing was changed.');
const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });

async function readAnswer(output: Writable, ask: (lines: Interface) => Promise<string>): Promise<string> {
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  // Ctrl-C and Ctrl-D: nobody answered, so nothing more is done.
  const given = new Promise<never>((_resolve, reject) => {
    lines.once('SIGINT', () => {
      process.stderr.write('\n');
      reject(givenUp());
    });
    lines.once('close', () => reject(givenUp()));
  });
  try {
    return await Promise.race([ask(lines), given]);
  } finally {
    lines.close();
  }
}
