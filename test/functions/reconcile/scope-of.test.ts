import { scopeOf } from '../../../functions/reconcile/scope-of';

test('the schedule, and a call without a payload, mean all hosts', () => {
  const scheduled = {
    version: '0',
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    detail: {},
    resources: ['arn'],
  };
  for (const event of [undefined, null, {}, scheduled]) expect(scopeOf(event)).toEqual({});
});

test('a host is taken in the form in which it is registered', () => {
  expect(scopeOf({ host: 'MongoDB03.lab.org:27017' })).toEqual({ host: 'mongodb03.lab.org' });
  expect(scopeOf({ host: 'localhost:27020', force: true })).toEqual({ host: 'localhost:27020', force: true });
});

test.each([
  [{ host: '' }],
  [{ host: 7 }],
  [{ host: 'mongodb://a:b@c' }],
  [{ force: true }],
  [{ host: 'a', force: 'yes' }],
  ['text'],
  [[1]],
  [{ hosts: 'mongodb03.lab.org' }],
])('a slip in the payload is refused, and is no run over everything: %j', (event) => {
  expect(() => scopeOf(event)).toThrow();
});
