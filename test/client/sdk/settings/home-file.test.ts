import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { homeFile } from '../../../../client/sdk/settings/home-file';
import { locateSettings } from '../../../../client/sdk/settings/locate-settings';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();

/** The home file of a person whose home is the folder of the test. */
function homeOf(env: Record<string, string> = {}) {
  const location = locateSettings(undefined, { HOME: folder.path('.'), ...env });
  if (!location) throw new Error('There is a home');
  return homeFile(location);
}
const path = () => folder.path('.mongogrant.home.json');

test('of many labels at once the first one wins, and all learn it', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `laptop-${n}`);
  const kept = await Promise.all(names.map((name) => homeOf().keepLabel(name)));
  expect(new Set(kept).size).toBe(1);
  expect(await homeOf().readHome()).toEqual({ label: kept[0] });
  expect(await homeOf().keepLabel('later')).toBe(kept[0]);
  expect(await readdir(folder.path('.'))).toEqual(['.mongogrant.home.json']);
});

test('a home that shall have no label keeps that', async () => {
  await homeOf().changeHome((home) => ({ ...home, label: '' }));
  expect(await homeOf().keepLabel('laptop')).toBe('');
});

test('what somebody else put into the file stays in it, also where an editor on Windows wrote it', async () => {
  await writeFile(path(), '\uFEFF{ "label": "laptop", "color": "blue" }');
  await homeOf().changeHome((home) => ({ ...home, endpoint: 'https://api.lab.org' }));
  expect(JSON.parse(await readFile(path(), 'utf8'))).toEqual({
    ...{ label: 'laptop', color: 'blue', endpoint: 'https://api.lab.org' },
  });
});

test.each(['', 'no', '""', '{"label": 1}', '{"label": "not one"}'])(
  'the file %j is named, and left as it is',
  async (text) => {
    await writeFile(path(), text);
    for (const use of [() => homeOf().readHome(), () => homeOf().keepLabel('laptop')])
      await expect(use()).rejects.toMatchObject({
        code: 'settings_broken',
        message: expect.stringContaining('.mongogrant.home.json'),
      });
    expect(await readFile(path(), 'utf8')).toBe(text);
  },
);

test('where XDG_CONFIG_HOME is set all our files are there, for their owner only', async () => {
  const home = homeOf({ XDG_CONFIG_HOME: folder.path('config') });
  await home.keepLabel('laptop');
  const ca = await home.writeBeside('h.lab.org.pem', 'PEM');
  expect(ca).toBe(folder.path('config/mongogrant/h.lab.org.pem'));
  expect((await readdir(folder.path('config/mongogrant'))).sort()).toEqual(['h.lab.org.pem', 'home.json']);
  expect((await stat(folder.path('config/mongogrant'))).mode & 0o777).toBe(0o700);
  expect((await stat(folder.path('config/mongogrant/home.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder.path('.'))).toEqual(['config']);
});

test('a home that is /dev/null has nothing, and keeps nothing', async () => {
  const home = homeOf({ HOME: '/dev/null' });
  expect(await home.readHome()).toEqual({});
  await expect(home.keepLabel('laptop')).rejects.toMatchObject({
    code: 'settings_unwritable',
    message: expect.stringContaining('MGRANT_SETTINGS'),
  });
});
