import fc from 'fast-check';
import { readableTime, timeOfDay } from '../../../shared/http/readable-time';

const years = { min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true };
const zone = { timeZone: 'UTC' } as const;
const clock = new Intl.DateTimeFormat('en-GB', { ...zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const calendar = new Intl.DateTimeFormat('en-GB', { ...zone, day: 'numeric', month: 'long', year: 'numeric' });

test('a time reads as the British write it, in UTC', () => {
  fc.assert(
    fc.property(fc.date(years), (time) => {
      expect(timeOfDay(time)).toBe(`${clock.format(time)} UTC`);
      expect(readableTime(time)).toBe(`${clock.format(time)} UTC on ${calendar.format(time)}`);
    }),
  );
});

test('no function loads the languages of the world at its start', async () => {
  const formats = jest.spyOn(Intl, 'DateTimeFormat');
  await jest.isolateModulesAsync(async () => void (await import('../../../shared/http/serve')));
  expect(formats).not.toHaveBeenCalled();
});
