import type { Heard } from '../load/acts';
import type { Ran } from './run';

/** The smallest value that at least this part of the values does not exceed. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? 0;
}

/** How many milliseconds each answer to a request for a password took. */
export const timesOf = (heard: readonly Heard[]): number[] =>
  heard.filter(({ route }) => route === 'POST /grants').map(({ ms }) => ms);

/** What nobody should get: no answer, or a fault of ours. A 503 that says how long to wait is fine. */
export const isBad = ({ reply }: Heard): boolean =>
  !reply || reply.status === 0 || (reply.status >= 500 && !(reply.status === 503 && reply.retryAfter));

/** How often each route gave which answer, by host. */
export function answersOf(heard: readonly Heard[]): string[] {
  const counts = new Map<string, number>();
  for (const one of heard) {
    const { route, host = 'all hosts', reply } = one;
    const wait = reply?.retryAfter ? ' with Retry-After' : '';
    const kind = `${route}  ${host}  ${reply ? reply.status || 'nobody there' : 'no answer'}${wait}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].sort().map(([kind, count]) => `${String(count).padStart(6)}  ${kind}`);
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;

export function table(runs: readonly Ran[]): string[] {
  const lines: [string, (ran: Ran) => string][] = [
    ['answers', ({ healthy }) => `${timesOf(healthy).length}`],
    ['p50', ({ healthy }) => `${percentile(timesOf(healthy), 0.5)} ms`],
    ['p95', ({ healthy }) => `${percentile(timesOf(healthy), 0.95)} ms`],
    ['p99', ({ healthy }) => `${percentile(timesOf(healthy), 0.99)} ms`],
    ['a user there past its end', ({ watched }) => `${watched.overdue} s`],
    ['a row there past its time', ({ watched }) => `${watched.waiting} s`],
    ['passwords handed out', ({ passwords }) => `${passwords}`],
    ['of which work', ({ working }) => `${working}`],
    ['processor, service', ({ work }) => percent(work.service.used)],
    ['  waited for', ({ work }) => percent(work.service.waited)],
    ['processor, databases', ({ work }) => percent(work.databases.used)],
    ['  waited for', ({ work }) => percent(work.databases.waited)],
  ];
  return lines.map(([what, of]) => what.padEnd(28) + runs.map((ran) => of(ran).padStart(12)).join(''));
}
