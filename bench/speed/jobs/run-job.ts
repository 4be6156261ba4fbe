import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { bundleAll } from '../../../infra/bundle';
import { heard } from '../../load/children';

const ran = v.object({
  /** Of the run, without loading the bundle; then those of a processor. */
  seconds: v.number(),
  processor: v.number(),
  peakMb: v.number(),
  loadedMb: v.number(),
  result: v.record(v.string(), v.unknown()),
});
export type Ran = v.InferOutput<typeof ran>;

/** Runs the deployed bundle of a job once, in a process of its own with this one's environment. `flags`: Node's own. */
export async function runJob(name: string, flags: readonly string[] = []): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), 'mongogrant-bench-'));
  try {
    const file = join(folder, 'index.mjs');
    await writeFile(file, (await bundleAll([name]))[name]?.code ?? '');
    const child = fork(new URL('./run-bundle.mjs', import.meta.url), [file], {
      execArgv: [...flags],
      env: { ...process.env, POWERTOOLS_LOG_LEVEL: 'WARN' },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    return v.parse(ran, await heard(child));
  } finally {
    await rm(folder, { recursive: true });
  }
}
