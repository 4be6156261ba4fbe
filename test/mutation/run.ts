import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';

// `npm run test:mutation`: Stryker changes the files that decide, one place at a time, and runs their tests on each change. Then the
// share of the changes that were noticed, by file. It is fetched for this run alone: it weighs 65 MB, and nothing else needs it.
const stryker = ['core', 'jest-runner'].map((part) => `--package=@stryker-mutator/${part}@9.6.1`);
const leastPercent = 85;

const report = v.object({
  files: v.record(v.string(), v.object({ mutants: v.array(v.object({ status: v.string() })) })),
});

/** False where a file is below the line, or none was read. */
function tellScores(): boolean {
  const { files } = v.parse(report, JSON.parse(readFileSync('reports/mutation/mutation.json', 'utf8')));
  const scores = Object.entries(files).map(([file, { mutants }]) => {
    const count = (...statuses: string[]) => mutants.filter(({ status }) => statuses.includes(status)).length;
    const noticed = count('Killed', 'Timeout');
    const all = noticed + count('Survived', 'NoCoverage');
    const percent = (100 * noticed) / all;
    console.log(`${percent.toFixed(1).padStart(5)} %  ${file}: ${noticed} of ${all}`);
    return percent;
  });
  return scores.length > 0 && scores.every((percent) => percent >= leastPercent);
}

const { status } = spawnSync(
  'npx',
  ['--yes', ...stryker, 'stryker', 'run', 'test/mutation/stryker.json', ...process.argv.slice(2)],
  { stdio: 'inherit' },
);
process.exitCode = status === 0 && tellScores() ? 0 : 1;
