import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

/** Where `test/clients/formats/install` put the programs; none if nobody says so. */
export const programs = process.env.PROGRAMS && resolve(process.env.PROGRAMS);

export const howToGetPrograms = 'test/clients/formats/install FOLDER puts them there; then set PROGRAMS=FOLDER.';

const longest = 60_000;

interface Run {
  env?: Record<string, string>;
  cwd?: string;
  input?: string;
}

/** What a program prints; rejects with what it complained of, if it fails. */
export async function run(
  command: string,
  args: readonly string[],
  { env, cwd, input = '' }: Run = {},
): Promise<string> {
  const child = spawn(command, args, { cwd, env: { PATH: process.env.PATH, ...env }, timeout: longest });
  const ended = new Promise<number | null>((end, fail) => child.once('close', end).once('error', fail));
  child.stdin.on('error', () => undefined).end(input);
  const [out, err, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${err.trim().slice(-2000)}`);
  return out;
}

/** Runs a script of this folder with the Python packages; answers the JSON of its last line. */
export async function runPython(script: string, args: readonly string[] = [], options: Run = {}): Promise<unknown> {
  const env = { ...options.env, PYTHONPATH: join(programs || '', 'python'), PYTHONDONTWRITEBYTECODE: '1' };
  const command = [join(__dirname, script), ...args];
  const out = await run(process.env.PYTHON || 'python3', command, { ...options, env });
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
}
