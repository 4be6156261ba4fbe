import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, readdir, symlink, writeFile } from 'node:fs/promises';
import { withLock } from '../../../../client/sdk/settings/lock';
import { holderText } from '../../../../client/sdk/settings/lock-holder';
import { plainScript } from '../../../support/plain-script';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
const lock = () => folder.path('lock');
const name = '0123456789abcdef';
const elsewhere = JSON.stringify({ name, pid: 1, machine: 'another-machine' });
const done = async () => 'done';

test('one holder at a time, and the lock is gone afterwards, also after a fault', async () => {
  let inside = 0;
  let most = 0;
  const act = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    throw new Error('a fault');
  };
  const all = await Promise.allSettled(Array.from({ length: 30 }, () => withLock(lock(), act, { patience: 20_000 })));
  expect(all.every(({ status }) => status === 'rejected')).toBe(true);
  expect(most).toBe(1);
  expect(await readdir(folder.path('.'))).toEqual([]);
});

test('the lock of a process that was killed is taken at once, and what it left is cleaned up', async () => {
  await plainScript(
    `import { withLock } from './client/sdk/settings/lock';
     await withLock(process.argv[2], async () => { process.stdout.write('held'); await new Promise(() => setInterval(() => {}, 1000)); }, { patience: 1000 });`,
    folder.path('holder.mjs'),
  );
  const child = spawn(process.execPath, [folder.path('holder.mjs'), lock()], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await expect(withLock(lock(), done, { patience: 100 })).rejects.toMatchObject({ code: 'settings_busy' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const cleaned: string[] = [];
  const cleanUp = async (dead: string) => void cleaned.push(dead);
  expect(await withLock(lock(), done, { patience: 100, cleanUp })).toBe('done');
  expect(cleaned).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
});

test("another machine's lock is respected for as long as it is touched, and taken when it is not", async () => {
  await symlink(elsewhere, lock());
  await expect(withLock(lock(), done, { patience: 200 })).rejects.toMatchObject({
    code: 'settings_busy',
    message: expect.stringContaining(lock()),
  });
  expect((await lstat(lock())).isSymbolicLink()).toBe(true);
  expect(await withLock(lock(), done, { patience: 5000, deadAfter: 200 })).toBe('done');
  expect(await readdir(folder.path('.'))).toEqual([]);
});

test('a lock that nobody can read is taken when nobody touches it', async () => {
  await writeFile(lock(), 'half a lo');
  await expect(withLock(lock(), done, { patience: 100 })).rejects.toMatchObject({ code: 'settings_busy' });
  expect(await withLock(lock(), done, { patience: 5000, deadAfter: 200 })).toBe('done');
});

test('a process with the same id on another machine, or in another container, is not taken for a dead one of here', async () => {
  const { pid } = JSON.parse(holderText(name));
  await symlink(JSON.stringify({ name, pid: pid + 1_000_000, machine: 'another-machine' }), lock());
  await expect(withLock(lock(), done, { patience: 100 })).rejects.toMatchObject({ code: 'settings_busy' });
});

test('whoever waits stops when there is nothing left to wait for', async () => {
  await symlink(elsewhere, lock());
  let looks = 0;
  const unless = async () => (++looks > 2 ? 'there' : undefined);
  expect(await withLock(lock(), done, { patience: 5000, unless })).toBe('there');
  expect((await lstat(lock())).isSymbolicLink()).toBe(true);
});
