// A process that does nothing but load the bundle of a job, as on Lambda, and run it once. It tells its parent how long that took and how
// much memory.
import { readFileSync } from 'node:fs';

const [bundle] = process.argv.slice(2);
const began = performance.now();
const { handler, close } = await import(bundle);
const loaded = performance.now();
const loadedMb = peakMb();
const before = process.cpuUsage();
const context = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 900_000 - (performance.now() - began) };
const result = await handler({ source: 'aws.events' }, context);
const { user, system } = process.cpuUsage(before);
process.send({
  ...{ seconds: (performance.now() - loaded) / 1000, processor: (user + system) / 1e6 },
  ...{ peakMb: peakMb(), loadedMb, result: result ?? {} },
});
await close?.();
process.disconnect();

/** Linux's own figure. What `getrusage` says may be the parent's, from before this program began. */
function peakMb() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
