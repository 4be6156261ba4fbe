import { type Held, heldOn, holds, type Resource } from '../../../shared/mongo/privileges';

const on = (db: string): Resource => ({ db, collection: '' });
const cluster: Resource = { cluster: true };
const on0 = (resource: unknown, ...actions: string[]) => ({ resource, actions });

const cases: [string, unknown[] | undefined, Resource, Held][] = [
  ['a database for itself', [on0(on('a'), 'createUser')], on('a'), 'yes'],
  ['a database for another', [on0(on('a'), 'createUser')], on('b'), 'no'],
  ['a database for any', [on0(on('a'), 'createUser')], on(''), 'no'],
  ['any database for one', [on0(on(''), 'createUser')], on('a'), 'yes'],
  ['any database for admin', [on0(on(''), 'createUser')], on('admin'), 'yes'],
  ['any database for config', [on0(on(''), 'createUser')], on('config'), 'no'],
  ['any database for local', [on0(on(''), 'createUser')], on('local'), 'no'],
  ['any database for the cluster', [on0(on(''), 'createUser')], cluster, 'no'],
  ['the cluster for a database', [on0(cluster, 'createUser')], on('a'), 'no'],
  ['a collection for its database', [on0({ db: 'a', collection: 'c' }, 'createUser')], on('a'), 'no'],
  ['a collection of any database', [on0({ db: '', collection: 'c' }, 'createUser')], on('a'), 'no'],
  ['buckets of a database', [on0({ db: 'a', system_buckets: 'c' }, 'createUser')], on('a'), 'no'],
  ['another action', [on0(on('a'), 'dropUser')], on('a'), 'no'],
  ['any action', [on0(on('a'), 'anyAction')], on('a'), 'yes'],
  ['any resource', [on0({ anyResource: true }, 'createUser')], cluster, 'yes'],
  ['the second of two', [on0(on('b'), 'createUser'), on0(on('a'), 'createUser')], on('a'), 'yes'],
  ['nothing', [], on('a'), 'no'],
  ['no answer', undefined, on('a'), 'unknown'],
  ['an entry that can’t be read', [{ resource: on('a') }], on('a'), 'unknown'],
  ['one that can be read beside one that can’t', ['?', on0(on('a'), 'createUser')], on('a'), 'yes'],
];
test.each(cases)('createUser is held by %s: asked for %j of %j, %s', (_, shown, resource, expected) => {
  expect(holds(shown, 'createUser', resource)).toBe(expected);
});

test('the cluster is for the cluster', () => {
  expect([
    holds([on0(cluster, 'inprog')], 'inprog', cluster),
    holds([on0(cluster, 'inprog')], 'killop', cluster),
  ]).toEqual(['yes', 'no']);
});

test('the databases on which an action is held are named once, in order', () => {
  const shown = [
    on0(on('b'), 'x'),
    on0(on('a'), 'x', 'y'),
    on0(on('b'), 'x'),
    on0(on('c'), 'y'),
    on0(on(''), 'x'),
    on0(cluster, 'x'),
    '?',
  ];
  expect([heldOn(shown, 'x'), heldOn(undefined, 'x')]).toEqual([['a', 'b'], []]);
});
