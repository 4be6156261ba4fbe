import { spawn } from 'node:child_process';

/** What a run left behind. */
export interface Ran {
  status: number | null;
  out: string;
  err: string;
}

/** Runs a command on a terminal, and types each answer once its question is there. What is on the terminal is `out`. */
export async function onTerminal(
  command: string,
  env: Record<string, string | undefined>,
  answers: readonly (readonly [question: string, answer: string])[],
): Promise<Ran> {
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { TERM: 'xterm', ...env }, stdio: 'pipe' });
  let out = '';
  let seen = 0;
  const waiting = [...answers];
  child.stdout.on('data', (chunk) => {
    out += chunk;
    const [next] = waiting;
    const at = next ? out.indexOf(next[0], seen) : -1;
    if (!next || at < 0) return;
    seen = at + next[0].length;
    waiting.shift();
    child.stdin.write(next[1]);
  });
  const status = await new Promise<number | null>((end) => child.once('close', end));
  return { status, out, err: '' };
}
