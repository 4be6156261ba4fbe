import fc from 'fast-check';
import { countLink, parseSentLinks, tooSoon, uncountLink } from '../../../functions/request-link/sent-links';
import { keys } from '../../../shared/store/keys';
import type { Table } from '../../../shared/store/table';
import { memoryTable } from '../../support/memory-table';

const email = 'you@lab.org';
const sentTo = async (table: Table) => parseSentLinks(table, await table.get(keys.sentLinks(email)));
const start = Date.parse('2026-11-24T23:58:30.000Z');

test('what is let through is what a list of all links that were sent lets through, over days and sources', async () => {
  const step = fc.record({
    wait: fc.constantFrom(0, 1, 20, 59, 60, 61, 300, 40_000),
    source: fc.integer({ min: 1, max: 4 }),
    taken: fc.boolean(),
    terminal: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const table = memoryTable();
      let sent: { at: number; source: number }[] = [];
      let now = start;
      for (const { wait, source, taken, terminal } of steps) {
        now += wait * 1000;
        const request = { email, ip: `192.0.2.${source}`, now: new Date(now) };
        const limits = { cooldown: 60, mostInAll: terminal ? 5 : 7, mostFromOne: terminal ? 2 : 3 };
        const today = sent.filter(({ at }) => new Date(at).getUTCDate() === new Date(now).getUTCDate());
        const own = sent.filter((one) => one.source === source);
        const may =
          today.length < limits.mostInAll &&
          today.filter((one) => own.includes(one)).length < limits.mostFromOne &&
          own.every(({ at }) => now - at >= 60_000);
        const before = await sentTo(table);
        expect(tooSoon(before, { ...limits, ...request }) === undefined).toBe(may);
        expect(await countLink(table, before, { ...limits, ...request })).toBe(may);
        if (may && taken) sent = [...sent, { at: now, source }];
        else if (may) await uncountLink(table, request);
      }
    }),
    { numRuns: 500 },
  );
});

test('a link is given back once, and never one that was sent later', async () => {
  const table = memoryTable();
  const limits = { cooldown: 0, mostInAll: 20, mostFromOne: 5 };
  const at = (seconds: number) => ({ email, ip: '192.0.2.1', now: new Date(start + seconds * 1000) });
  for (const n of [0, 1, 2]) await countLink(table, await sentTo(table), { ...limits, ...at(n) });
  await uncountLink(table, at(1));
  expect(await sentTo(table)).toMatchObject({ count: 3 });
  await uncountLink(table, at(2));
  await uncountLink(table, at(2));
  expect(await sentTo(table)).toMatchObject({ count: 2 });
});

test('the item has the fields of release 0.1.0, and no address of a source', async () => {
  const table = memoryTable();
  const limits = { cooldown: 60, mostInAll: 20, mostFromOne: 5 };
  await countLink(table, undefined, { ...limits, email, ip: '203.0.113.9', now: new Date(start) });
  const item = await table.get(keys.sentLinks(email));
  expect(item).toMatchObject({ sentAt: start / 1000, day: '2026-11-24', count: 1 });
  expect(JSON.stringify(item)).not.toContain('203.0.113');
});
