import { isObject, resourcesOf, synthesize, text } from './synthesize';

const template = synthesize();
const [[, dashboard] = ['', undefined], ...others] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
const { widgets } = JSON.parse(text(dashboard?.Properties.DashboardBody));
const titled = (title: RegExp) =>
  widgets.find(({ properties }: { properties: { title: string } }) => title.test(properties.title));

test('there is one, on one screen', () => {
  expect(others).toEqual([]);
  expect(dashboard?.Properties.DashboardName).toBe('mongogrant');
  const ends = widgets.map(({ y, height }: { y: number; height: number }) => y + height);
  expect(Math.max(...ends)).toBeLessThanOrEqual(20);
});

test('it shows every alarm', () => {
  const shown = titled(/^Alarms$/).properties.alarms;
  expect(shown).toHaveLength(resourcesOf(template, 'AWS::CloudWatch::Alarm').length);
});

test('its figures are the ones that the functions write', () => {
  const figures = JSON.stringify(titled(/^Oldest overdue/).properties.metrics);
  expect(figures).toContain('["mongogrant","OldestOverdueSeconds","service","mongogrant"');
});

test('links, tokens, logins, refusals and live logins are counted in the logs, when somebody looks', () => {
  const queries = [/^Links/, /^Refusals/, /^Live logins/].map((title) => titled(title).properties.query);
  expect(queries.every((query) => /\| filter .*\n\| stats .*\n\| sort .* desc\n\| limit 15$/.test(query))).toBe(true);
  expect(queries[2]).toContain('message = "host_compared"');
  expect(isObject(titled(/^Cost: units/).properties)).toBe(true);
});
