import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseSettings } from '../../../../client/sdk/settings/settings-schema';
import { plainScript } from '../../../support/plain-script';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
const tries = 200;
const atOnce = 4;

/** Writes again and again, files that grow to some hundred KB and shrink, until it is killed. */
const writer = `
import { settingsFile } from './client/sdk/settings/settings-file';
const file = settingsFile(process.argv[2]);
process.stdout.write('begun');
for (let round = 1; ; round += 1) {
  const names = Array.from({ length: (round * 997) % 4000 }, (_, index) => ['name' + index, 'mongodb' + round]);
  await file.change((settings) => ({ ...settings, fetch: { ...settings.fetch, host_aliases: Object.fromEntries(names) } }));
}`;

test(`kill -9 in the middle of a write, ${tries} times, never leaves a broken file or a lock that holds`, async () => {
  await plainScript(writer, folder.path('writer.mjs'));
  const left = Array.from({ length: tries }, (_, index) => index).values();
  let inTheMiddle = 0;
  const one = async (path: string) => {
    for (const index of left) {
      const child = spawn(process.execPath, [folder.path('writer.mjs'), path], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await new Promise((done) => setTimeout(done, (index * 7) % 60));
      child.kill('SIGKILL');
      await once(child, 'exit');
      if ((await readdir(folder.path('.'))).includes(`${basename(path)}.lock`)) inTheMiddle += 1;
      const text = await readFile(path, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      expect(parseSettings(text)).toHaveProperty('settings');
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => one(folder.path(`settings${index}.json`))));
  // Most were killed while they held the lock. What the last ones left is cleaned up by the next one.
  expect(inTheMiddle).toBeGreaterThan(tries / 2);
  expect((await readdir(folder.path('.'))).length).toBeLessThanOrEqual(4 * atOnce + 1);
}, 120_000);
