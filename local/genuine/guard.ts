import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Ends the last server that it was told of, and removes its folder, when the process that made the guard ends or closes it. */
export interface Guard {
  /** The process to end; none after it has ended by itself. */
  watch(pid: number | undefined): void;
  close(): Promise<void>;
}

// A killed process can't run handlers. So another process notices that its input ends.
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

/** `folder`: removed at the end. Without one the server's data stay, so the server gets a signal to stop cleanly. */
export function startGuard(folder?: string): Guard {
  const signal = folder === undefined ? 'TERM' : 'KILL';
  // It has its own process group: Ctrl-C in the terminal ends the whole group of the process that it must outlive.
  const shell = spawn('/bin/sh', ['-c', script, 'guard', signal, folder ?? ''], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = once(shell, 'exit');
  shell.unref();
  // A guard that somebody ended can't be written to. Then only `close` ends the server.
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
