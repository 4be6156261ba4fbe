import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdFolder } from '../../local/data-folder';
import { StartError } from '../../local/start-error';

const base = mkdtempSync(join(tmpdir(), 'data-'));
afterAll(() => rmSync(base, { recursive: true }));

test('a folder is made for its owner only, and given back empty', async () => {
  const folder = join(base, 'deep', 'new');
  const hold = await holdFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await hold.close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a folder is held by one service at a time', async () => {
  const folder = join(base, 'one');
  const hold = await holdFolder(folder);
  await expect(holdFolder(folder)).rejects.toThrow(StartError);
  await expect(holdFolder(folder)).rejects.toThrow(`DATA_DIR: ${folder} is in use by process ${process.pid}`);
  await hold.close();
  await (await holdFolder(folder)).close();
});

test('another process that runs keeps its folder, one that has crashed does not', async () => {
  const folder = mkdtempSync(join(base, 'other-'));
  writeFileSync(join(folder, 'service.pid'), String(process.ppid));
  await expect(holdFolder(folder)).rejects.toThrow(
    `is in use by process ${process.ppid}. End it, or set DATA_DIR to another folder. If that process is no mongogrant, remove ${join(folder, 'service.pid')}.`,
  );
  for (const left of ['4194305', String(process.pid), 'nonsense']) {
    writeFileSync(join(folder, 'service.pid'), left);
    const hold = await holdFolder(folder);
    expect(hold.crashed).toBe(true);
    await hold.close();
  }
  const hold = await holdFolder(folder);
  expect(hold.crashed).toBe(false);
  await hold.close();
});

test('a folder that can not be made is an error that names it', async () => {
  const file = join(base, 'file');
  writeFileSync(file, '');
  await expect(holdFolder(file)).rejects.toThrow(`DATA_DIR: ${file} can't be used (EEXIST)`);
});
