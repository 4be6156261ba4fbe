import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ends the server that it was told of last, and removes its folder, as soon as the process that made the guard is gone or closes it. */
export interface Guard {
  /** The process to end; none after it ended by itself. */
  watch(pid: number | undefined): void;
  close(): Promise<void>;
}

// A process that was killed runs no handlers of its own: so another one hears, by the end of its input, that it is gone.
const script = `
while read -r line; do pid=$line; done
if [ -n "$pid" ]; then
  kill -s "$1" "$pid"
  for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 "$pid" && sleep 0.1
  done
fi
if [ -n "$2" ]; then rm -rf "$2"; fi
`;

/** `folder`: what is removed at the end. Without one the server's data stay, and so it is told to end in order. */
export function startGuard(folder?: string): Guard {
  const signal = folder === undefined ? 'TERM' : 'KILL';
  // In a group of its own: a Ctrl-C in the terminal reaches the whole group of the process that it is to outlive.
  const shell = spawn('/bin/sh', ['-c', script, 'guard', signal, folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = once(shell, 'exit');
  shell.unref();
  // A guard that somebody ended can't be written to; what it watched is then ended by `close` alone.
  shell.stdin.on('error', () => {});
  return {
    watch: (pid) => void shell.stdin.write(`${pid ?? ''}\n`),
    close: async () => {
      shell.ref();
      shell.stdin.end();
      await ended;
    },
  };
}
