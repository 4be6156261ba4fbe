import ms from 'ms';
import type { AlarmFacts, Latest } from '../aws/read-alarms';
import type { Subscription } from '../aws/read-subscriptions';
import { type Finding, fail, ok, operations, skipped, warn } from './finding';

/** Milliseconds. The alarm with the longest period has looked once by then, and says OK if nothing happened. */
const firstLook = 3_600_000;
/** The daily comparison has come to its end once by then. */
export const figuresWithin = 26 * 3_600_000;
/** CloudWatch shows by then what the reaper writes each minute. */
const reaperWithin = 15 * 60_000;

/** Which alarms ring, and which have not looked yet. */
export function judgeAlarms(stack: string, alarms: readonly AlarmFacts[], now: Date): Finding[] {
  if (alarms.length === 0)
    return [
      fail(
        'alarms',
        `There is no alarm ${stack}-*.`,
        'Say the stack with --stack or MONGOGRANT_STACK, or deploy it again.',
      ),
    ];
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  const blind = alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA');
  const fresh = blind.filter(({ since }) => now.getTime() - since.getTime() < firstLook);
  const stuck = blind.filter((alarm) => !fresh.includes(alarm));
  const rings = ringing.map(({ name, says, since }) => {
    const [what = '', where = ''] = says.split(' What to do: ');
    const next = where === '' ? `aws cloudwatch describe-alarms --alarm-names ${name}` : `Read ${where}`;
    return fail(`alarm ${name}`, `${what} (for ${age(since, now)})`, next);
  });
  const blindOnes = stuck.length > 0 ? [warn('alarms', sentenceOf(stack, stuck), lookAt(stuck))] : [];
  const calm = alarms.length - ringing.length - stuck.length;
  const waiting = notYet({ did: 'has looked', span: 'hour' }, namesOf(stack, fresh), fresh.length === alarms.length);
  return [...rings, ...blindOnes, ok('alarms', `${calm} of ${alarms.length} do not ring.${waiting}`)];
}

/** Each of our alarms counts missing data as good or bad news, so none stays without a state. */
const sentenceOf = (stack: string, stuck: readonly AlarmFacts[]): string =>
  `No data for more than an hour, which is not normal even where nothing happened: ${namesOf(stack, stuck)}.`;
const lookAt = ([first]: readonly AlarmFacts[]): string =>
  `Deploy again, then: aws cloudwatch describe-alarms --alarm-names ${first?.name}`;
/** The name without the beginning that all of them share. */
const namesOf = (stack: string, alarms: readonly AlarmFacts[]): string =>
  alarms.map(({ name }) => name.replace(`${stack}-`, '')).join(', ');

function notYet({ did, span }: { did: string; span: string }, names: string, areAll: boolean): string {
  if (names === '') return '';
  if (areAll) return ` None ${did} yet, which is normal in the first ${span}.`;
  return ` Normal in the first ${span}, none of these ${did} yet: ${names}.`;
}

const age = (since: Date, now: Date): string => ms(Math.max(0, now.getTime() - since.getTime()), { long: true });

/** The alarms on figures that jobs write even if nothing happened. */
export const onFigures = (stack: string, alarms: readonly AlarmFacts[]): AlarmFacts[] =>
  alarms.filter(({ metric }) => metric?.namespace === stack && metric.dimensions.length > 0);

/** An alarm on a figure, and the last one that it could see. */
type Figure = AlarmFacts & { last: Latest | undefined };

/** Whether these alarms look at something that is there: one without data never rings. */
export function judgeFigures(stack: string, figures: readonly Figure[], now: Date): Finding {
  const without = figures.filter(({ last }) => !last);
  const late = without.filter(({ changedAt }) => now.getTime() - changedAt.getTime() > figuresWithin);
  if (late.length > 0)
    return warn(
      'figures',
      `No data for a day, so these alarms never ring: ${namesOf(stack, late)}.`,
      operations('the-reaper-fails-or-is-silent'),
    );
  const seen = figures.length - without.length;
  const waiting = notYet({ did: 'has data', span: 'day' }, namesOf(stack, without), seen === 0);
  return ok('figures', `${seen} of ${figures.length} alarms on figures of the jobs have data.${waiting}`);
}

/** Whether the reaper came to its end lately: its last act is to write this figure. */
export function judgeReaper(stack: string, figures: readonly Figure[], now: Date): Finding {
  const alarm = figures.find(({ name }) => name === `${stack}-overdue-credential`);
  if (!alarm) return skipped('reap', 'Its alarm, which knows its figure, is not there.', 'Deploy the stack again.');
  const { last } = alarm;
  const within = (time: Date) => now.getTime() - time.getTime() < reaperWithin;
  if (last && within(last.at)) return ok('reap', 'It came to its end in the last 15 minutes.');
  if (within(alarm.changedAt))
    return skipped('reap', 'It was deployed minutes ago.', 'Run mgrant doctor again in 15 minutes.');
  const found = last ? `It has not come to its end for ${age(last.at, now)}.` : 'It has not come to its end for a day.';
  return fail('reap', found, operations('the-reaper-fails-or-is-silent'));
}

export function judgeSubscriptions(subscriptions: readonly Subscription[]): Finding {
  const confirmed = subscriptions.filter((one) => one.confirmed).map(({ endpoint }) => endpoint);
  const open = subscriptions.filter((one) => !one.confirmed).map(({ endpoint }) => endpoint);
  const hear = 'Open the link that SNS mailed to it; if it is lost, deploy with another alarmEmail and back.';
  if (confirmed.length === 0)
    return fail(
      'alarm mail',
      open.length > 0 ? `Nobody hears an alarm: ${open.join(', ')} was not confirmed.` : 'Nobody hears an alarm.',
      open.length > 0 ? hear : 'Set alarmEmail and deploy.',
    );
  if (open.length > 0) return warn('alarm mail', `${open.join(', ')} was not confirmed, and hears nothing.`, hear);
  return ok('alarm mail', `Alarms are mailed to ${confirmed.join(', ')}.`);
}

export const nobodyHears = (): Finding =>
  warn('alarm mail', 'Alarms are mailed to nobody: they are seen in CloudWatch only.', 'Set alarmEmail and deploy.');
