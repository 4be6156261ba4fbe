import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import * as v from 'valibot';

const databases = v.object({
  environment: v.object({
    ...{ tableName: v.string(), stackName: v.string(), settings: v.string(), origin: v.string() },
    ...{ dynamodb: v.string(), secretsManager: v.string(), ses: v.string() },
  }),
  host: v.string(),
  adminUri: v.string(),
});
export type Databases = v.InferOutput<typeof databases>;

/** Starts a program; `file` is relative to this one. */
export const startChild = (file: string, args: string[] = []): ChildProcess =>
  fork(new URL(file, import.meta.url), args, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });

/** Waits for its next message. */
export async function heard(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const next = (event: string) => once(child, event, { signal: over.signal });
  try {
    const [message] = await Promise.race([
      next('message'),
      next('exit').then(([status]) => Promise.reject(new Error(`A part ended with status ${status}`))),
    ]);
    return message;
  } finally {
    over.abort();
  }
}

export async function startDatabases(origin: string): Promise<Databases & { child: ChildProcess }> {
  const child = startChild('./databases.ts', [origin]);
  return { ...v.parse(databases, await heard(child)), child };
}

/** Starts a process that loads the service and shares nothing with another one. */
export async function loadService(environment: object, reapEvery: number): Promise<ChildProcess> {
  const child = startChild('./service.ts', [String(reapEvery)]);
  child.send(environment);
  await heard(child);
  return child;
}

export async function serve(child: ChildProcess): Promise<ChildProcess> {
  child.send('serve');
  await heard(child);
  return child;
}

/** Disconnects the child, which then ends by itself. */
export async function leave(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}
