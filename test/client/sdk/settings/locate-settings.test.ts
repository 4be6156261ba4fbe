import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { locateSettings } from '../../../../client/sdk/settings/locate-settings';

const where = async (env: Record<string, string>, named?: string) => {
  const location = locateSettings(named, env);
  return location && { settings: location.settings, home: await location.ownFile('home.json') };
};

test('the settings file is the named one, else that of the variable, else the one in the home folder', async () => {
  const env = { HOME: '/home/ada', MGRANT_SETTINGS: '/scratch/ada.json' };
  expect(await where(env, '/tmp/x.json')).toEqual({ settings: '/tmp/x.json', home: '/tmp/x.home.json' });
  expect(await where(env)).toEqual({ settings: '/scratch/ada.json', home: '/scratch/ada.home.json' });
  const usual = { settings: '/home/ada/.mongogrant.json', home: '/home/ada/.mongogrant.home.json' };
  expect(await where({ HOME: '/home/ada' })).toEqual(usual);
  expect(await where({ HOME: '/home/ada', MGRANT_SETTINGS: '' })).toEqual(usual);
  expect(await where({}, 'here')).toEqual({ settings: resolve('here'), home: resolve('here.home.json') });
});

test('what the Python client does not share is in XDG_CONFIG_HOME, if that is an absolute path and no file is named', async () => {
  const env = { HOME: '/home/ada', XDG_CONFIG_HOME: '/home/ada/.config' };
  const settings = '/home/ada/.mongogrant.json';
  expect(await where(env)).toEqual({ settings, home: '/home/ada/.config/mongogrant/home.json' });
  const relative = { ...env, XDG_CONFIG_HOME: '.config' };
  expect(await where(relative)).toEqual({ settings, home: '/home/ada/.mongogrant.home.json' });
  expect(await where(env, '/tmp/x.json')).toEqual({ settings: '/tmp/x.json', home: '/tmp/x.home.json' });
});

test.each(['', '.', 'home/ada'])(
  'HOME=%j is no home: nothing is kept in the folder where one happens to be',
  (HOME) => {
    expect(locateSettings(undefined, { HOME })).toBeUndefined();
  },
);

test('without HOME the home is that of the user', async () => {
  expect((await where({}))?.settings).toBe(join(homedir(), '.mongogrant.json'));
});
