import { resolvePlace } from '../../../client/sdk/spec';
import { clientStage } from '../../support/client-stage';
import { runMgrant } from '../../support/run-mgrant';
import { stageFetch } from '../../support/stage-fetch';

const on = clientStage();
const place = { host: 'a', db: 'x', role: 'rw' };

test('an alias may stand for another alias, and looking up twice comes to the same', () => {
  const aliases = { host: { a: 'b', b: 'db.lab.org' }, db: { x: 'y', y: 'fw', fw: 'fw' } };
  const once = resolvePlace(place, aliases);
  expect(once).toEqual({ host: 'db.lab.org', db: 'fw', role: 'readWrite' });
  expect(resolvePlace(once, aliases)).toEqual(once);
});

test('what every object has is no alias', () => {
  expect(resolvePlace({ ...place, host: 'constructor' }, { host: {}, db: {} }).host).toBe('constructor');
});

test.each([
  [{ a: 'b', b: 'a' }, 'a -> b -> a'],
  [{ a: 'b', b: 'c', c: 'b' }, 'a -> b -> c -> b'],
])('a circle of aliases is told in words: %j', (host, way) => {
  expect(() => resolvePlace(place, { host, db: {} })).toThrow(
    expect.objectContaining({ code: 'alias_circular', message: expect.stringContaining(`in a circle: ${way}.`) }),
  );
});

test('a chain of aliases leads the SDK and the command to the same login, and a circle stops both', async () => {
  const client = await on.member();
  for (const [alias, actual] of [
    ['first', 'second'],
    ['second', on.stage.host],
    ['here', 'there'],
    ['there', 'here'],
  ] as const)
    await client.setAlias(alias, actual);
  const { username } = await client.getAuth('first', 'demo', 'rw');
  const world = {
    settings: on.folder.path('you.json'),
    fetch: stageFetch(on.stage).fetch,
    now: () => on.stage.clock.now,
  };
  const shown = await runMgrant(['db', 'first', 'demo', '--role', 'rw', '--json'], world);
  expect(JSON.parse(shown.out)).toMatchObject({ host: on.stage.host, username });
  await expect(client.getAuth('here', 'demo', 'rw')).rejects.toMatchObject({ code: 'alias_circular' });
  expect(await runMgrant(['db', 'here', 'demo'], world)).toMatchObject({
    status: 1,
    out: '',
    err: expect.stringContaining('here -> there -> here'),
  });
});
