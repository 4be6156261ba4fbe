import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

// A fresh process loads one bundle and asks it once. It gets the file, the export with the handler (none if that is the file itself), and
// the event (none if it is not asked), and sends what it measured.

/**
 * Milliseconds, and bytes. `ready` and `answered` count from the import, `started` from the start of the process to the answer. `work`:
 * processor time from the import to the answer, of all threads.
 */
export interface Probed {
  ready: number;
  answered: number;
  work: number;
  started: number;
  memory: number;
  status?: number;
}

const [, , file = '', within, event] = process.argv;

// The floor of POST /links waits longer than the work takes, and would hide what is measured.
const wait = timers.setTimeout;
timers.setTimeout = (ms = 0, ...rest) => wait(ms < 1000 ? ms : 0, ...rest);
syncBuiltinESMExports();

// On Lambda it is loaded already. The AWS clients' way to load it takes up to 15 ms, and only addresses without TLS need it.
await import('node:http');

const context = { awsRequestId: 'cold', getRemainingTimeInMillis: () => 60_000 };

const before = process.cpuUsage();
const began = performance.now();
const loaded = await import(pathToFileURL(file).href);
const ready = performance.now() - began;
const { handler } = within ? loaded[within] : loaded;
const answer = event === undefined ? undefined : await handler(JSON.parse(event), context);
const ended = performance.now();
const { user, system } = process.cpuUsage(before);
const probed: Probed = {
  ...{ ready, answered: ended - began, started: ended },
  ...{ work: (user + system) / 1000, memory: process.memoryUsage.rss() },
  ...(answer?.statusCode && { status: answer.statusCode }),
};
process.send?.(probed, () => process.exit());
