import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { jsonLog } from '../../shared/aws/log';
import { dimensionsOf, figures, linesOf, matches, rings, valueFor } from './alarm-source';
import { functionOf, isObject, listOf, resourcesOf, synthesize, text } from './synthesize';

// CloudWatch keeps a metric under its namespace, its name and its dimensions. An alarm that names them a little differently looks at
// another metric, which has no values, and stays silent at any: so each one is held against a real line of what it waits for.

const template = synthesize();
const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
const filters = resourcesOf(template, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties);
const nameOf = ({ AlarmName }: (typeof alarms)[number]) => text(AlarmName).replace('mongogrant-', '');
const isEmpty = (object: object) => Object.keys(object).length === 0;
const [own, aws] = [true, false].map((ours) => alarms.filter(({ Namespace }) => (Namespace === 'mongogrant') === ours));
const [measured, counted] = [true, false].map((figure) =>
  (own ?? []).filter((one) => isEmpty(dimensionsOf(one)) !== figure),
);
const shown: string[] = [];
afterAll(() => console.log(shown.join('\n')));

test('every alarm is one of these', () => {
  const names = [measured, counted, aws].map((some) => some?.map(nameOf).toSorted());
  expect(names).toEqual([
    ['daily-job-late', 'grant-unsettled', 'host-unreachable', 'orphan-user', 'overdue-credential', 'proof-incomplete'],
    [
      ...['mail-bouncing', 'mail-complained-of', 'mail-failing', 'new-addresses-capped', 'request-failed'],
      ...['unreadable-row', 'unreadable-rule'],
    ],
    [
      ...['api-unavailable', 'feedback-failing', 'reaper-failing', 'reaper-silent', 'reconcile-failing'],
      ...['remind-failing', 'rotation-failing', 'throttled'],
    ],
  ]);
});

test.each(measured?.map((alarm) => [nameOf(alarm), alarm] as const) ?? [])(
  '%s rings at the figure that a bad run writes, and not at that of a good one',
  (name, alarm) => {
    const [bad, good] = [figures.bad, figures.good].map((lines) =>
      lines.map((line) => [valueFor(alarm, line), line] as const).filter(([value]) => value !== undefined),
    );
    expect([bad?.length, good?.length]).toEqual([1, 1]);
    const nothing: Record<string, unknown> = {};
    const [value, line] = bad?.[0] ?? [undefined, nothing];
    expect([rings(alarm, value), rings(alarm, good?.[0]?.[0])]).toEqual([true, false]);
    const unit =
      isObject(line._aws) && JSON.stringify(line._aws).match(`"${text(alarm.MetricName)}","Unit":"(\\w+)"`)?.[1];
    expect([undefined, unit]).toContain(alarm.Unit);
    shown.push(`${name}: ${JSON.stringify(line)}`);
  },
);

/** What the access log says of a request, in the form that the stage gives it. */
function accessLine(status: string): Record<string, unknown> {
  const [[, { Properties }] = ['', { Properties: {} }]] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');
  const settings = Object(Properties).AccessLogSettings;
  return JSON.parse(text(Object(settings).Format).replace('$context.status', status));
}

const codesOf = (pattern: string) => [...pattern.matchAll(/"([^"]+)"/g)].map(([, code = '']) => code);

test.each(counted?.map((alarm) => [nameOf(alarm), alarm] as const) ?? [])(
  '%s rings at a line of a log',
  (name, alarm) => {
    const feeding = filters.filter(({ MetricTransformations }) => {
      const [one] = listOf(MetricTransformations);
      const { MetricName, MetricNamespace, MetricValue, Dimensions } = Object(one);
      return (
        [MetricName, MetricNamespace, MetricValue, Dimensions].join() ===
        [alarm.MetricName, alarm.Namespace, '1', undefined].join()
      );
    });
    expect(feeding.length).toBeGreaterThan(0);
    for (const { FilterPattern, LogGroupName } of feeding) {
      const isAccessLog = text(LogGroupName).includes('AccessLog');
      const where = isAccessLog ? 'the access log' : functionOf(text(LogGroupName));
      for (const code of codesOf(text(FilterPattern))) {
        const [line = {}] = isAccessLog
          ? [accessLine(code)]
          : linesOf(() => jsonLog(where).error(code, { some: 'fact' }));
        expect(matches(text(FilterPattern), line)).toBe(true);
        shown.push(`${name}, ${where}: ${JSON.stringify(line)}`);
      }
      expect(matches(text(FilterPattern), isAccessLog ? accessLine('503') : { message: 'served' })).toBe(false);
    }
    expect([rings(alarm, Number(alarm.Threshold)), rings(alarm, Number(alarm.Threshold) - 1)]).toEqual([true, false]);
    expect(rings(alarm, undefined)).toBe(false);
  },
);

test('every code that an alarm waits for is one that the code says', () => {
  const codes = new Set(
    filters.flatMap(({ FilterPattern, LogGroupName }) =>
      text(LogGroupName).includes('AccessLog') ? [] : codesOf(text(FilterPattern)),
    ),
  );
  const root = path.join(__dirname, '..', '..');
  const said = [...codes].filter((code) => {
    const found = execFileSync('grep', ['-rlE', `['"]${code}['"]`, 'functions', 'shared'], {
      cwd: root,
      encoding: 'utf8',
    });
    return found.trim() !== '';
  });
  expect(said).toEqual([...codes]);
});

/** How AWS itself names what it measures: of a function, of an HTTP API, and of all functions of the account. */
const known: Record<string, string> = {
  'AWS/Lambda Errors': 'FunctionName',
  'AWS/Lambda Invocations': 'FunctionName',
  'AWS/Lambda Throttles': '',
  'AWS/ApiGateway 5xx': 'ApiId',
};

test.each(aws?.map((alarm) => [nameOf(alarm), alarm] as const) ?? [])('%s looks at a metric of AWS', (name, alarm) => {
  const metric = `${text(alarm.Namespace)} ${text(alarm.MetricName)}`;
  expect([metric, Object.keys(dimensionsOf(alarm)).join()]).toEqual([metric, known[metric]]);
  expect([alarm.Statistic, alarm.Period, alarm.EvaluationPeriods]).toEqual(['Sum', 300, 1]);
  const silent = name === 'reaper-silent';
  expect([rings(alarm, undefined), rings(alarm, 0), rings(alarm, 20)]).toEqual([silent, silent, !silent]);
  shown.push(
    `${name}: ${metric} ${JSON.stringify(dimensionsOf(alarm))} ${silent ? 'none' : text(alarm.Threshold)} in 5 minutes`,
  );
});
