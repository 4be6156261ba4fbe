import { covers } from '../src/auth/privileges';
import type { ResourcePattern } from '../src/auth/terms';

const everyDb: ResourcePattern = { db: '', collection: '' };
const onA: ResourcePattern = { db: 'a', collection: '' };
const onCollection: ResourcePattern = { db: 'a', collection: 'c' };
const anyC: ResourcePattern = { db: '', collection: 'c' };

test.each<[string, ResourcePattern, Parameters<typeof covers>[1], boolean]>([
  ['a database covers its collections', onA, { db: 'a', collection: 'c' }, true],
  ['a database covers itself', onA, { db: 'a', collection: '' }, true],
  ['a database covers no other', onA, { db: 'b', collection: 'c' }, false],
  ['a database leaves out its system collections', onA, { db: 'a', collection: 'system.users' }, false],
  ['a database is not the cluster', onA, { cluster: true }, false],
  ['a database is not every database', onA, { db: '', collection: '' }, false],
  ['a collection covers itself', onCollection, { db: 'a', collection: 'c' }, true],
  ['a collection is not its database', onCollection, { db: 'a', collection: '' }, false],
  ['a collection covers no other', onCollection, { db: 'a', collection: 'd' }, false],
  [
    'a system collection can be named',
    { db: 'a', collection: 'system.js' },
    { db: 'a', collection: 'system.js' },
    true,
  ],
  ['a collection of any database', anyC, { db: 'b', collection: 'c' }, true],
  ['a collection of any database, and no other', anyC, { db: 'b', collection: 'd' }, false],
  ['a collection of any database is no database', anyC, { db: 'b', collection: '' }, false],
  ['every database covers each', everyDb, { db: 'a', collection: 'c' }, true],
  ['every database covers each as a whole', everyDb, { db: 'a', collection: '' }, true],
  ['every database covers every database', everyDb, { db: '', collection: '' }, true],
  ['every database leaves out local', everyDb, { db: 'local', collection: 'c' }, false],
  ['every database leaves out config as a whole', everyDb, { db: 'config', collection: '' }, false],
  ['every database leaves out system collections', everyDb, { db: 'admin', collection: 'system.users' }, false],
  ['every database is not the cluster', everyDb, { cluster: true }, false],
  ['the cluster covers itself', { cluster: true }, { cluster: true }, true],
  ['the cluster covers no database', { cluster: true }, { db: 'a', collection: '' }, false],
  ['anything covers a system collection', { anyResource: true }, { db: 'local', collection: 'system.x' }, true],
  ['anything covers the cluster', { anyResource: true }, { cluster: true }, true],
])('%s', (_, held, target, expected) => {
  expect(covers(held, target)).toBe(expected);
});
