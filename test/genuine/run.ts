import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readVersion } from '../../local/genuine/read-version';
import { findBinaries, howToGet } from '../support/genuine/find-binary';

const root = resolve(__dirname, '../..');

/** `npm run test:mongod`: what runs over a MongoDB server, over each genuine one that is found. Words after `--` go to Jest. */
async function testAll(words: readonly string[]): Promise<boolean> {
  const binaries = findBinaries();
  if (binaries.length === 0) {
    console.error(howToGet);
    return false;
  }
  const lines: string[] = [];
  let passed = true;
  for (const binary of binaries) {
    const version = readVersion(binary);
    console.log(`\n== MongoDB ${version}`);
    const result = await testOne(binary, words);
    lines.push(`MongoDB ${version}: ${result.line}`);
    passed &&= result.passed;
  }
  console.log(`\n${lines.join('\n')}`);
  return passed;
}

async function testOne(binary: string, words: readonly string[]): Promise<{ passed: boolean; line: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'mongogrant-jest-'));
  const report = join(folder, 'report.json');
  const began = Date.now();
  try {
    const status = await runJest(binary, ['--json', `--outputFile=${report}`, ...words]);
    if (!existsSync(report)) return { passed: false, line: `no report, status ${status}` };
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    const counts = `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
    return { passed: status === 0, line: `${counts}, ${Math.round((Date.now() - began) / 1000)} s` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runJest(binary: string, words: readonly string[]): Promise<number | null> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  // What `--json` writes to the standard output goes into the report, too; what people read goes to the standard error.
  const child = spawn(process.execPath, [jest, '--config', join(root, 'test/genuine/jest.config.js'), ...words], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, MONGOD_UNDER_TEST: binary },
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (status) => done(status));
  });
}

testAll(process.argv.slice(2)).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
