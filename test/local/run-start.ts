import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';

export const anyPort = { PORT: '0', MAIL_PORT: '0', DYNAMODB_PORT: '0', SECRETS_PORT: '0', MONGODB_PORT: '0' };
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** The test runner's own variables stay out. */
const clean = (env: NodeJS.ProcessEnv) => ({ PATH: env.PATH, HOME: env.HOME });

/** Runs a command with free ports, to be ended with the tests of this file at the latest. */
export function runCommand(program: string, args: string[], env: Record<string, string> = {}, cwd?: string) {
  const child = spawn(program, args, {
    env: { ...clean(process.env), ...anyPort, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  });
  children.push(child);
  const exit = new Promise<number | NodeJS.Signals | null>((done) =>
    child.on('exit', (code, signal) => done(code ?? signal)),
  );
  return { child, exit, errors: text(child.stderr) };
}

/** Runs a program of the project, in another folder if one is named. */
export const run = (file: string, env: Record<string, string> = {}, cwd?: string) =>
  runCommand(process.execPath, ['--import', require.resolve('tsx'), resolve(file)], env, cwd);

/** What is printed until a line holds these words. */
export function until(child: ChildProcess, words: string): Promise<string> {
  let seen = '';
  return new Promise((done, reject) => {
    child.stdout?.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(words)) done(seen);
    });
    child.on('exit', () => reject(new Error(`It ended after: ${seen}`)));
  });
}

/** The addresses that are printed, under the names of their variables. */
export function portsIn(printed: string): Record<string, string> {
  const ports = [...(printed.split('State is')[0]?.matchAll(/^ {2}\S.*localhost:(\d+)$/gm) ?? [])].map(
    ([, port]) => port ?? '',
  );
  return Object.fromEntries(Object.keys(anyPort).map((name, index) => [name, ports[index] ?? '']));
}

const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });

/** A token of the person who may try it out, got as they get it. */
export async function tokenFrom({ PORT, MAIL_PORT }: Record<string, string>): Promise<string> {
  await fetch(`http://localhost:${PORT}/links`, form({ email: 'you@example.com' }));
  const mails = await (await fetch(`http://localhost:${MAIL_PORT}/store`)).text();
  const [link = ''] = /http:\/\/localhost:\d+\/links\/[\w.-]+/.exec(mails) ?? [];
  return v.parse(v.object({ token: v.string() }), await (await fetch(link, { method: 'POST' })).json()).token;
}

/** A login for the database `demo`, as an address. */
export async function loginFrom(
  { PORT, MONGODB_PORT }: Record<string, string>,
  token: string,
  ttl = '1 h',
): Promise<string> {
  const wish = { host: `localhost:${MONGODB_PORT}`, db: 'demo', role: 'readWrite', ttl };
  const headers = { authorization: `Bearer ${token}` };
  const granted = await fetch(`http://localhost:${PORT}/grants`, { ...form(wish), headers });
  return v.parse(v.object({ uri: v.string() }), await granted.json()).uri;
}
