import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { codeOf } from '../code-of';

const holder = v.object({ name: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), pid: v.number(), machine: v.string() });

/** What a lock says about who holds it. */
export const holderText = (name: string): string => JSON.stringify({ name, pid: process.pid, machine: machine() });

/** The name of the holder; empty for a lock that was not written to its end. */
export const nameIn = (text: string): string => read(text)?.name ?? '';

/** Whether the holder is a process of this machine that has ended. We can't tell for other machines. */
export function hasEnded(text: string): boolean {
  const found = read(text);
  if (!found || found.machine !== machine()) return false;
  try {
    process.kill(found.pid, 0);
    return false;
  } catch (fault) {
    return codeOf(fault) === 'ESRCH';
  }
}

function read(text: string): v.InferOutput<typeof holder> | undefined {
  try {
    const { success, output } = v.safeParse(holder, JSON.parse(text));
    return success ? output : undefined;
  } catch {
    return undefined;
  }
}

/** Where a process id means the same process: containers have their own, even where they share a host's name. */
function machine(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
