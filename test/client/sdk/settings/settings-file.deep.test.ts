import { chmod, lstat, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { Client } from '../../../../client/index';
import { settingsFile } from '../../../../client/sdk/settings/settings-file';
import { emptySettings } from '../../../../client/sdk/settings/settings-schema';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
const python = (name: string) => readFile(`test/client/sdk/settings/python/${name}.txt`, 'utf8');
const mode = async (path: string) => (await stat(path)).mode & 0o777;
const aliased = (path: string) => new Client({ settings: path }).setAlias('dev', 'mongodb03.lab.org');

test('what the Python client wrote is written back byte for byte', async () => {
  const path = folder.path('settings.json');
  for (const name of ['seed', 'full']) {
    await writeFile(path, await python(name));
    await settingsFile(path).change((settings) => structuredClone(settings));
    expect(await readFile(path, 'utf8')).toBe(await python(name));
  }
});

test('a file that is not there yet begins as the Python client begins it', async () => {
  const path = folder.path('settings.json');
  expect(await settingsFile(path).read()).toEqual(emptySettings());
  await settingsFile(path).change((settings) => ({ ...settings }));
  expect(await readFile(path, 'utf8')).toBe(await python('seed'));
});

test('what an editor on Windows wrote is read, and written back in the usual way', async () => {
  const path = folder.path('settings.json');
  for (const bytes of [
    Buffer.from(`\uFEFF${await python('full')}`),
    Buffer.from(`\uFEFF${await python('full')}`, 'utf16le'),
  ]) {
    await writeFile(path, bytes);
    expect(await new Client({ settings: path }).remotes()).toHaveLength(2);
    await settingsFile(path).change((settings) => structuredClone(settings));
    expect(await readFile(path, 'utf8')).toBe(await python('full'));
  }
});

test('what belongs to others is kept, where it was', async () => {
  const path = folder.path('settings.json');
  await writeFile(path, await python('full'));
  const client = new Client({ settings: path });
  await client.setAlias('dev', 'mongodb05.lab.org');
  await client.setRemote('https://api.lab.org', 'another-token');
  const before = (await python('full')).replace('mongodb03.lab.org",\n      "gr', 'mongodb05.lab.org",\n      "gr');
  expect(await readFile(path, 'utf8')).toBe(before.replace(/eyJ[^"]+/, 'another-token'));
});

test('the file is for its owner only, also if it was open to others', async () => {
  const path = folder.path('settings.json');
  await aliased(path);
  expect(await mode(path)).toBe(0o600);
  for (const use of [() => aliased(path), () => new Client({ settings: path }).remotes()]) {
    await chmod(path, 0o644);
    await use();
    expect(await mode(path)).toBe(0o600);
  }
});

test('a link stays a link, also to a file that is not there yet, and nothing else is left in either folder', async () => {
  await mkdir(folder.path('dotfiles'));
  await symlink('dotfiles/settings.json', folder.path('link.json'));
  for (let time = 0; time < 2; time += 1) await aliased(folder.path('link.json'));
  expect((await lstat(folder.path('link.json'))).isSymbolicLink()).toBe(true);
  expect(await readlink(folder.path('link.json'))).toBe('dotfiles/settings.json');
  expect((await settingsFile(folder.path('dotfiles/settings.json')).read()).fetch.host_aliases).toHaveProperty('dev');
  expect(await readdir(folder.path('dotfiles'))).toEqual(['settings.json']);
  expect((await readdir(folder.path('.'))).sort()).toEqual(['dotfiles', 'link.json']);
});

test.each([
  [
    'half of a file',
    '{"fetch": {"remotes": [{"endpoint": "https://api.lab.org", "token": "top-secret-tok',
    'it is not JSON',
  ],
  ['an empty one', '', 'it is empty'],
  ['a wrong type', '{"fetch": {"remotes": {}, "host_aliases": {}, "db_aliases": {}}, "auth": []}', 'fetch.remotes'],
  [
    'a secret in the wrong place',
    '{"fetch": {"remotes": ["top-secret-tok"], "host_aliases": {}, "db_aliases": {}}}',
    '',
  ],
  ['a list', '[]', 'fetch'],
])('a file that can not be parsed is named, and left as it is: %s', async (_what, text, why) => {
  const path = folder.path('settings.json');
  await writeFile(path, text);
  for (const use of [() => aliased(path), () => new Client({ settings: path }).remotes()]) {
    const failure = await use().catch((fault: unknown) => fault);
    expect(failure).toMatchObject({ code: 'settings_broken', message: expect.stringContaining(path) });
    expect(failure).toMatchObject({ message: expect.stringContaining(why) });
    expect(String(failure)).not.toContain('top-secret');
  }
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await readdir(folder.path('.'))).toEqual(['settings.json']);
});

test('a file that the Python client is just writing is waited for', async () => {
  const path = folder.path('settings.json');
  const whole = await python('full');
  await writeFile(path, whole.slice(0, 300));
  const remotes = new Client({ settings: path }).remotes();
  setTimeout(() => void writeFile(path, whole), 50);
  expect(await remotes).toHaveLength(2);
});

test('a folder that can not be written is named, with what to do', async () => {
  await writeFile(folder.path('file'), '');
  const failure = await aliased(folder.path('missing/settings.json')).catch((fault: unknown) => fault);
  expect(failure).toMatchObject({ code: 'settings_unwritable', message: expect.stringContaining('ENOENT') });
});

test('100 changes at once, by 10 clients, are all kept', async () => {
  const path = folder.path('settings.json');
  const clients = Array.from({ length: 10 }, () => new Client({ settings: path }));
  const names = Array.from({ length: 100 }, (_, index) => `name${index}`);
  await Promise.all(names.map((name, index) => clients[index % 10]?.setAlias(name, 'mongodb03.lab.org')));
  expect(Object.keys(await new Client({ settings: path }).aliases()).sort()).toEqual(names.sort());
});
