import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readVersion } from '../../local/genuine/read-version';
import { heard, startChild } from '../load/children';
import type { Measured } from './measure/measured';
import { writePage } from './page/page';
import type { Report } from './page/report';
import { verdictLines } from './page/verdicts';
import { type PartName, parts } from './parts';

const usage = `npm run bench -- [PART ...] [--largest] [--write]

  PART       ${Object.keys(parts).join(', ')}; all if none is named
  --largest  with a table of a million rows, too
  --write    writes docs/performance.md

MONGOD names the binary of a MongoDB server; without it the embedded one is measured.`;

const root = join(__dirname, '../..');
const reportFile = join(root, 'reports/bench.json');

async function bench(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { largest: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const names = Object.keys(parts).filter((name): name is PartName => positionals.includes(name) || !positionals[0]);
  if (values.help || positionals.some((name) => !(name in parts))) return console.log(usage);
  const measured: Report['parts'] = [];
  const busy = Number((loadavg()[0] ?? 0).toFixed(1));
  const mongodb = serverOf();
  for (const name of names) {
    const began = Date.now();
    process.env.POWERTOOLS_LOG_LEVEL = 'INFO';
    const child = startChild('../speed/run-part.ts', [name, JSON.stringify({ largest: values.largest === true })]);
    const part = (await heard(child).catch((fault: unknown) => console.error(name, fault))) as Measured | undefined;
    if (!part) {
      process.exitCode = 1;
      continue;
    }
    const seconds = Math.round((Date.now() - began) / 1000);
    const on = { at: new Date().toISOString(), node: process.version, mongodb };
    measured.push({ name, seconds, ...on, ...part });
    for (const line of verdictLines(part.verdicts)) console.log(line);
    console.log(`-- ${part.title}: ${seconds} s\n`);
  }
  const report = { busy, parts: measured };
  const whole = positionals.length > 0 ? merge(await formerReport(), report) : report;
  await mkdir(join(root, 'reports'), { recursive: true });
  await writeFile(reportFile, `${JSON.stringify(whole, undefined, 2)}\n`);
  if (values.write) await writeFile(join(root, 'docs/performance.md'), await writePage(whole));
  console.log(`All figures: reports/bench.json${values.write ? ', docs/performance.md' : ''}`);
}

const serverOf = (): string =>
  process.env.MONGOD ? `MongoDB ${readVersion(process.env.MONGOD)}` : 'the embedded MongoDB server';

const formerReport = async (): Promise<Report | undefined> =>
  readFile(reportFile, 'utf8').then(JSON.parse, () => undefined);

/** Parts that were measured again replace those of the former report. */
function merge(former: Report | undefined, now: Report): Report {
  const all = [
    ...(former?.parts ?? []).filter(({ name }) => !now.parts.some((part) => part.name === name)),
    ...now.parts,
  ];
  const order = Object.keys(parts);
  return { ...now, parts: all.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name)) };
}

bench().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
