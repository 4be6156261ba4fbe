import { readFileSync } from 'node:fs';

/** Seconds in which this process used a processor so far, and in which it waited for one (Linux tells this). */
export interface Work {
  used: number;
  waited: number;
}

export function workOf(): Work {
  const { user, system } = process.cpuUsage();
  return { used: (user + system) / 1e6, waited: waitedNs() / 1e9 };
}

function waitedNs(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[1]);
  } catch {
    return 0;
  }
}
