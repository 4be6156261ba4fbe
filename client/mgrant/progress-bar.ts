import type { Io } from './io';

const width = 30;

/** Shows progress in one line on stderr, which it rewrites. Only for a terminal. */
export function progressBar({ err, isTerminal }: Pick<Io, 'err' | 'isTerminal'>) {
  const seen = isTerminal('err');
  return {
    show(done: number, total: number): void {
      if (!seen) return;
      const filled = Math.floor((width * done) / total);
      err(`\r[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done} of ${total}`);
    },
    clear(): void {
      if (seen) err('\r\u001b[K');
    },
  };
}
