import { fork, type StdioOptions } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { heard } from '../../load/children';
import { startBackends } from '../backends/start-backends';
import type { Measured, Options, Verdict } from '../measure/measured';
import { inTurn, median, ratioOf } from '../measure/turns';
import { type Bundle, buildBundles, buildProbe, exportOf } from './build-bundles';
import { type FirstRequest, firstRequests } from './first-requests';

const turns = 15;

/** The function whose request each of these answers. */
const bare: Record<string, string> = { 'bare-clients': 'grants', 'bare-driver': 'grant-credentials' };
const eagerly = (name: string) => `eager ${name}`;

const targets: Record<string, number> = { 'grant-credentials': 0.55, revoke: 0.55 };
const untargeted = ['reap', 'reconcile', ...Object.keys(bare)];
const others = 0.3;

const how = `Each function's bundle in ${turns} fresh processes, in turn with \`eager\`: one file with all functions, built by esbuild without our options (minified, the packages' \`main\`, nothing replaced), so that it loads all of each package at its start. It answers the same request with the same handler, and the backends are processes of their own. Times are medians in milliseconds, from the import of the bundle; \`in all\` is from the start of the process to the answer. \`/ eager\` is the median of the ratios of all turns; \`processor / eager\` is that of the processor time to the first answer, which other work on the machine hardly changes. A job's answer is its first run over a nearly empty table. \`POST /links\` is measured without its floor, and \`node:http\` is loaded before the clock starts, as on Lambda.

\`bare-clients\` holds the AWS clients, \`jsonwebtoken\` and ten lines that answer as \`grants\` must: it reads the key, checks the token, and makes two reads at once. \`bare-driver\` adds the driver and a new login, in as few calls as there could be. No function can be faster than these. \`alike\` is all functions in one file, built as they are.`;

const probed = v.object({
  ...{ ready: v.number(), answered: v.number(), started: v.number() },
  ...{ work: v.number(), memory: v.number() },
  status: v.optional(v.number()),
});
type Probed = v.InferOutput<typeof probed>;

/** How long a fresh process takes until it is ready, and until it has answered its first request. */
export async function measureCold(_options: Options): Promise<Measured> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mongogrant-cold-'));
  const backends = await startBackends();
  try {
    const [bundles, probe] = [await buildBundles(folder), await buildProbe(folder)];
    const requests: Record<string, () => Promise<FirstRequest>> = await firstRequests(backends);
    const eager = bundles.find(({ name }) => name === 'eager')?.file ?? '';
    const acts: Record<string, () => Promise<Probed>> = {};
    for (const { name, file } of bundles) {
      const like = bare[name] ?? name;
      const request = requests[like];
      acts[name] = async () => start(probe, file, '', request && (await request()));
      if (request && like === name)
        acts[eagerly(name)] = async () => start(probe, eager, exportOf(name), await request());
    }
    return tell(bundles, await inTurn(turns, acts));
  } finally {
    await backends.close();
    await rm(folder, { recursive: true });
  }
}

/** Starts a process that loads this file, and asks it once if there is a request. */
async function start(probe: string, file: string, within: string, request?: FirstRequest): Promise<Probed> {
  const asked = request ? [JSON.stringify(request.event)] : [];
  const env = { ...process.env, POWERTOOLS_LOG_LEVEL: 'ERROR' };
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] satisfies StdioOptions;
  const found = v.parse(probed, await heard(fork(probe, [file, within, ...asked], { execArgv: [], env, stdio })));
  if (request?.status !== found.status)
    throw new Error(`${file} ${within} answered ${found.status} and not ${request?.status}`);
  return found;
}

function tell(bundles: Bundle[], found: Record<string, Probed[]>): Measured {
  const all = (name: string, figure: keyof Omit<Probed, 'status'>) => (found[name] ?? []).map((one) => one[figure]);
  const ms = (name: string, figure: 'ready' | 'answered' | 'started') => median(all(name, figure)).toFixed(0);
  const rows: Measured['rows'] = [];
  const verdicts: Verdict[] = [];
  for (const { name, bytes } of bundles) {
    const like = eagerly(bare[name] ?? name);
    const ready = ratioOf(all(name, 'ready'), all('eager', 'ready'));
    const answered = like in found ? ratioOf(all(name, 'answered'), all(like, 'answered')) : undefined;
    const work = ratioOf(all(name, 'work'), all(like, 'work'));
    rows.push([
      ...[name, (bytes / 1e6).toFixed(2), ms(name, 'ready'), ready.ratio.toFixed(2)],
      ...(answered
        ? [ms(name, 'answered'), answered.ratio.toFixed(2), work.ratio.toFixed(2), ms(name, 'started')]
        : ['', '', '', '']),
      (median(all(name, 'memory')) / 1e6).toFixed(0),
    ]);
    if (!answered) continue;
    const target = !untargeted.includes(name) && { target: { atMost: targets[name] ?? others } };
    for (const [what, { ratio: value, noisy }] of [['ready', ready] as const, ['the first answer', answered] as const])
      verdicts.push({ what: `cold, to ${what}: ${name} / eager`, value, ...target, ...(noisy && { noisy }) });
  }
  return {
    title: 'Cold start',
    how,
    columns: [
      'bundle',
      'MB',
      'ready',
      '/ eager',
      'first answer',
      '/ eager',
      'processor / eager',
      'in all',
      'memory, MB',
    ],
    rows,
    verdicts,
  };
}
