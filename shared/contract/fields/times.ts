import * as v from 'valibot';
import { duration, longest } from '../../policy/durations';
import { seconds } from '../../policy/time';
import { field, text } from './field';

const wholeSeconds = v.pipe(
  v.union([
    v.pipe(v.number(), v.integer('must be a duration such as "12 h", or a whole number of seconds')),
    v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number)),
  ]),
  v.minValue(1, 'must be at least 1 s'),
  longest,
);

/** A life, in seconds. */
export const ttl = field(
  v.union([wholeSeconds, duration(1)], 'must be a duration such as "12 h", or a number of seconds'),
  {
    name: 'Duration',
    description: 'A duration, or a number of seconds; at most 10000 d.',
    examples: ['12 h', '30 d', 3600],
    anyOf: [
      { type: 'integer', minimum: 1 },
      { type: 'string', pattern: '^(?![0.]+ ?[smhdw]?$)[0-9]{1,9}((\\.[0-9]{1,3})? ?[smhdw])?$' },
    ],
  },
);

/** A moment. `Date` alone would move the 31st of a short month to the next month. */
export const moment = field(
  v.pipe(
    text(40),
    v.isoTimestamp('must be a time such as 2026-12-31T00:00:00Z'),
    v.check((value) => isDay(value.slice(0, 10)), 'must be a day that exists'),
    v.check((value) => !Number.isNaN(Date.parse(value)), 'must be a time such as 2026-12-31T00:00:00Z'),
    v.transform((value) => new Date(value)),
  ),
  { name: 'Time', description: 'A time with its zone.', examples: ['2027-06-30T00:00:00Z'] },
);
const isDay = (date: string): boolean => {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
};

/** A moment in whole seconds since 1970. */
export const time = v.pipe(moment, v.transform(seconds));
