import fc from 'fast-check';
import * as v from 'valibot';
import { duration, durationText } from '../../../shared/policy/durations';

const read = (text: unknown, least = 1) => v.safeParse(duration(least), text);

test.each([
  ['15 m', 900],
  ['0.5 h', 1800],
  ['30 d', 2_592_000],
  ['1w', 604_800],
  ['90s', 90],
  ['1.5 s', 2],
  ['0.001 h', 4],
  ['007 s', 7],
])('%j is %d seconds', (text, seconds) => {
  expect(read(text).output).toBe(seconds);
});

test.each([
  '',
  '5',
  '15 min',
  '15  m',
  ' 15 m',
  '15 m ',
  '-1 d',
  '+1 d',
  '.5 h',
  '1. h',
  '1e3 s',
  '1,5 h',
  '1 y',
  '1 D',
  '١ d',
  '1 d\n',
  '1 d\0',
  '9999999999 s',
  '0.0001 d',
  'Infinity s',
  900,
  null,
  ['1 d'],
  {},
])('%j is no duration, and an example says how to write one', (text) => {
  expect(read(text).issues?.[0].message).toBe('must be a duration such as "15 m", "0.5 h" or "30 d"');
});

test('the least one passes, a second less does not', () => {
  expect(read('60 s', 60).output).toBe(60);
  expect(read('59 s', 60).issues?.[0].message).toBe('must be at least 60 s');
  expect(read('0 s', 0).output).toBe(0);
  expect(read('0 s', 1).success).toBe(false);
});

test('ten thousand days are the longest', () => {
  expect(read('10000 d').output).toBe(864_000_000);
  for (const text of ['10001 d', '999999999 w']) expect(read(text).issues?.[0].message).toBe('must be at most 10000 d');
});

test('seconds are written in the largest unit that holds them whole', () => {
  expect([0, 1, 90, 3600, 5400, 86_400, 604_800].map(durationText)).toEqual([
    '0 s',
    '1 s',
    '90 s',
    '1 h',
    '90 m',
    '1 d',
    '7 d',
  ]);
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.nat(864_000_000), (seconds) => expect(read(durationText(seconds), 0).output).toBe(seconds)),
    {
      numRuns: 2000,
    },
  );
});
