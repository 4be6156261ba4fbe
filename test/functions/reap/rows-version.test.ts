import { rowsVersion } from '../../../functions/reap/rows-version';
import { manyGrants } from '../../support/many-grants';

const key = 'rows\nversion';

test('the first run notes by which version rows are written, and the next ones leave it', async () => {
  const many = manyGrants();
  await many.run(0);
  const noted = many.items.get(key);
  expect(noted).toMatchObject({ version: rowsVersion });
  await many.run(60);
  expect(many.items.get(key)).toEqual(noted);
});

test('after a roll-back the note of the later release is reported in each run, kept, and stops nothing', async () => {
  const many = manyGrants();
  await many.add('you@example.com', { expiresAt: 0 });
  const later = { pk: 'rows', sk: 'version', version: rowsVersion + 1 };
  many.items.set(key, later);
  const told: unknown[] = [];
  const table = { ...many.deps.table, reportUnreadable: ({ pk, sk }: Record<string, unknown>) => told.push([pk, sk]) };
  expect(await many.run(0, table)).toMatchObject({ ended: 1, faults: 0 });
  await many.run(60, table);
  expect(told).toEqual([
    ['rows', 'version'],
    ['rows', 'version'],
  ]);
  expect(many.items.get(key)).toEqual(later);
});

test('a note of an earlier release is raised', async () => {
  const many = manyGrants();
  many.items.set(key, { pk: 'rows', sk: 'version', version: 0 });
  await many.run(0);
  expect(many.items.get(key)).toMatchObject({ version: rowsVersion });
});
