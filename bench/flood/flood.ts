import { answersOf, isBad, percentile, table, timesOf } from './figures';
import { type Ran, run } from './run';

// 200 people ask for logins: on a healthy host, on a slow one, and on one that accepts connections and never answers. One member
// revokes everything each second. Do the people of the healthy host notice? Then every password that was handed out is tried, on all hosts.
// The log of hosts that do not answer would hide the figures.
process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';

const plan = {
  seconds: Number(process.argv[2] ?? 60),
  perSecond: Number(process.argv[3] ?? 5),
  reapEvery: Number(process.env.REAP_EVERY ?? 20),
};
/** A part of all the time. */
const mostWaited = 0.1;
const most = { times: 1.5, seconds: 60 };

const p95 = ({ healthy }: Ran): number => percentile(timesOf(healthy), 0.95);

function faultsOf(what: string, { all, watched, wrong, working }: Ran): string[] {
  const bad = answersOf(all.filter(isBad)).map((line) => `${what}: ${line.trim()}`);
  const left = Object.entries(wrong).filter(([, found]) => found.length > 0);
  return [
    ...bad,
    ...left.map(([kind, found]) => `${what}: ${found.length} ${kind}, such as ${found.slice(0, 3).join(', ')}`),
    ...(Math.max(watched.overdue, watched.waiting) > most.seconds ? [`${what}: something was late for too long`] : []),
    ...(working === 0 ? [`${what}: no password works`] : []),
  ];
}

async function main(): Promise<void> {
  const { seconds, perSecond, reapEvery } = plan;
  console.log(`${seconds} s, ${perSecond} requests a second at each host, the reaper every ${reapEvery} s`);
  console.log('the healthy host alone ...');
  const alone = await run(plan, false);
  console.log('with the others ...');
  const flooded = await run(plan, true);
  console.log('\nPOST /grants, healthy host         alone with others');
  for (const line of table([alone, flooded])) console.log(line);
  console.log('\nanswers, with the others');
  for (const line of answersOf(flooded.all)) console.log(line);
  const times = p95(flooded) / p95(alone);
  const faults = [
    ...(times <= most.times ? [] : [`p95 is ${times.toFixed(2)} times as long as alone`]),
    ...faultsOf('alone', alone),
    ...faultsOf('with the others', flooded),
  ];
  console.log(`\np95 at the healthy host: ${times.toFixed(2)} times as long as alone (at most ${most.times})`);
  if ([alone, flooded].some(({ work }) => work.service.waited > mostWaited))
    console.log('the service waited long for a processor that others used: these times say little of it');
  for (const fault of faults) console.log(`WRONG  ${fault}`);
  if (faults.length === 0) console.log('everything holds');
  process.exitCode = faults.length > 0 ? 1 : 0;
}

main();
