import { aheadOf, serviceClock } from '../../../client/sdk/service-clock';

const hour = 3_600_000;
const answer = (date?: string) => new Response('', { headers: date === undefined ? {} : { date } });
const at = new Date('2026-11-24T08:00:00.500Z');

test('an answer tells how far a clock is from the service’s, to the second', () => {
  expect(aheadOf(answer('Tue, 24 Nov 2026 08:00:00 GMT'), at)).toBe(0);
  expect(aheadOf(answer('Tue, 24 Nov 2026 06:00:00 GMT'), at)).toBe(2 * hour);
  expect(aheadOf(answer('Tue, 24 Nov 2026 10:00:00 GMT'), at)).toBe(-2 * hour);
  expect([aheadOf(answer(), at), aheadOf(answer('soon'), at)]).toEqual([undefined, undefined]);
});

test('the last answer that tells the time counts, and seconds do not', async () => {
  const dates: (string | undefined)[] = [];
  const { fetch, now } = serviceClock({ fetch: async () => answer(dates.shift()), clock: () => at });
  const after = async (date?: string) => {
    dates.push(date);
    await fetch('https://api.lab.org/me');
    return now().toISOString();
  };
  expect(now()).toEqual(at);
  expect(await after('Tue, 24 Nov 2026 10:00:00 GMT')).toBe('2026-11-24T10:00:00.500Z');
  expect(await after()).toBe('2026-11-24T10:00:00.500Z');
  expect(await after('Tue, 24 Nov 2026 07:59:56 GMT')).toBe('2026-11-24T08:00:00.500Z');
});
