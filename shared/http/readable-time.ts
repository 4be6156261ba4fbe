const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const calendar = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });

/** `08:15 UTC`. */
export const timeOfDay = (time: Date): string => `${clock.format(time)} UTC`;

/** A time as people read it: `08:15 UTC on 24 November 2026`. */
export const readableTime = (time: Date): string => `${timeOfDay(time)} on ${calendar.format(time)}`;
