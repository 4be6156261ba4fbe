import { HostUnreachable } from '../../../shared/contract/errors';
import { knownSilence } from '../../../shared/grants/known-silence';
import { readReach } from '../../../shared/store/reach';
import { memoryTable } from '../../support/memory-table';

const now = Date.parse('2026-11-24T08:00:00.000Z') / 1000;
const silent = new HostUnreachable('h', false);

test('of many that fail together one alone notes it', async () => {
  const table = memoryTable();
  const silence = knownSilence(table, 'h');
  await silence.read();
  await Promise.all(Array.from({ length: 25 }, () => silence.learn(silent, now)));
  expect(await readReach(table, 'h')).toMatchObject({ failures: 1 });
});

test('who is told at once that a host is silent learns nothing new', async () => {
  const table = memoryTable();
  for (let n = 0; n < 2; n++) await knownSilence(table, 'h').learn(silent, now);
  const known = await readReach(table, 'h');
  const next = knownSilence(table, 'h');
  expect(await next.isSilent(now)).toBe(true);
  await next.learn(silent, now);
  expect(await readReach(table, 'h')).toEqual(known);
});
