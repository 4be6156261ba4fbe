import { emfMetrics } from '../../shared/aws/metrics';
import { isObject, listOf, type Resource, text } from './synthesize';

type Properties = Resource['Properties'];

/** What this process writes meanwhile, where Lambda takes it from: parsed lines. */
export function linesOf(write: () => void): Record<string, unknown>[] {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0),
  );
  try {
    write();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return written
    .join('')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const figuresOf = (bad: boolean) =>
  linesOf(() => {
    const metrics = emfMetrics('mongogrant');
    const [one, silent] = bad ? [1, ['mongodb03.lab.org']] : [0, []];
    const ages = bad ? { oldestOverdue: 301, oldestJob: 108_000 } : { oldestOverdue: 300, oldestJob: 107_999 };
    metrics.reaped({ due: one, ended: 0, ...ages, incomplete: one, unsettled: one, silent });
    metrics.reconciled({ orphans: one, lost: 0, drifted: 0 });
  });

/** Lines in CloudWatch's embedded metric format: of runs in which everything is wrong, and of runs in which all is just well. */
export const figures = { bad: figuresOf(true), good: figuresOf(false) };

export const dimensionsOf = ({ Dimensions }: Properties): Record<string, string> =>
  Object.fromEntries(
    (Dimensions === undefined ? [] : listOf(Dimensions))
      .filter(isObject)
      .map(({ Name, Value }) => [text(Name), text(Value)]),
  );

/** The value under which CloudWatch keeps a figure of this line for exactly the metric at which the alarm looks; none if it keeps none there. */
export function valueFor(alarm: Properties, line: Record<string, unknown>): number | undefined {
  const about = isObject(line._aws) ? listOf(line._aws.CloudWatchMetrics).filter(isObject) : [];
  const wanted = dimensionsOf(alarm);
  const isKept = about.some(
    ({ Namespace, Dimensions, Metrics }) =>
      Namespace === alarm.Namespace &&
      listOf(Metrics).some((metric) => isObject(metric) && metric.Name === alarm.MetricName) &&
      listOf(Dimensions).some(
        (names) => JSON.stringify(listOf(names).toSorted()) === JSON.stringify(Object.keys(wanted).toSorted()),
      ),
  );
  const isSame = Object.entries(wanted).every(([name, value]) => line[name] === value);
  return isKept && isSame ? Number(line[text(alarm.MetricName)]) : undefined;
}

/** Whether it rings if every one of its periods has this value; none for a period in which nothing came. */
export function rings(
  { ComparisonOperator, Threshold, TreatMissingData }: Properties,
  value: number | undefined,
): boolean {
  if (value === undefined) return TreatMissingData === 'breaching';
  const least = Number(Threshold);
  return ComparisonOperator === 'GreaterThanOrEqualToThreshold' ? value >= least : value <= least;
}

/** Whether a line of a log counts for a filter of the form `{ ($.field = "text") || ... }`. */
export function matches(filterPattern: string, line: Record<string, unknown>): boolean {
  const terms = [...filterPattern.matchAll(/\$\.(\w+) = "([^"]*)"/g)];
  const others = filterPattern.replaceAll(/\(?\$\.\w+ = "[^"]*"\)?|\|\||[{}\s]/g, '');
  if (terms.length === 0 || others !== '') throw new Error(`A filter of another form: ${filterPattern}`);
  return terms.some(([, field = '', value]) => line[field] === value);
}
