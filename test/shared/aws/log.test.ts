import { MongoServerError } from 'mongodb';
import { faultOf } from '../../../shared/aws/fault-of';
import { jsonLog } from '../../../shared/aws/log';
import { HostUnreachable } from '../../../shared/contract/errors';

const secret = 'hunter2';

test('of an error its kind, its code and where it came from are told, never its words', () => {
  const told = faultOf(Object.assign(new TypeError(`bad ${secret}\n    at ${secret} in the text`), { code: 'E1' }));
  expect(told).toMatchObject({ fault: 'TypeError', code: 'E1' });
  expect(told.frames).toContainEqual(expect.stringMatching(/log\.test\.ts/));
  expect(Array.isArray(told.frames) && told.frames.length).toBeLessThanOrEqual(6);
});

test('the words of a driver, its reply and its cause stay out', () => {
  const driver = new MongoServerError({ message: secret, errmsg: secret, code: 13, pwd: secret });
  const told = faultOf(new HostUnreachable('h.lab.org', true, { cause: driver }));
  expect(told).toMatchObject({ fault: 'HostUnreachable', cause: { fault: 'MongoServerError', code: 13 } });
  expect(JSON.stringify(told)).not.toContain(secret);
});

test('a message of several lines does not pass for a stack', () => {
  expect(JSON.stringify(faultOf(new Error(`first\n    at ${secret} (x.ts:1:1)`)))).not.toContain(secret);
});

test.each([secret, { secret }, null, undefined, 1, [secret]])(
  'what is no error, such as %j, is only named by its type',
  (thrown) => {
    expect(faultOf(thrown)).toEqual({ fault: typeof thrown });
  },
);

test('a code that is no text and no number is left out', () => {
  expect(faultOf(Object.assign(new Error(secret), { code: { secret } })).code).toBeUndefined();
});

test('a line is JSON with level, code and facts', () => {
  // Otherwise the logger has a console of its own, which nobody hears.
  process.env.POWERTOOLS_DEV = 'true';
  const lines: string[] = [];
  const keep = (...line: unknown[]): void => void lines.push(String(line[0]));
  const spies = (['info', 'warn', 'error'] as const).map((level) =>
    jest.spyOn(console, level).mockImplementation(keep),
  );
  const log = jsonLog('grants');
  log.info('served', { status: 200 });
  log.warn('slow');
  log.error('internal', { fault: 'TypeError' });
  log.about?.({ requestId: 'r1', lambdaRequestId: 'l1' });
  log.error('row_unreadable');
  log.about?.({ lambdaRequestId: 'l2' });
  log.info('reaped');
  for (const spy of spies) spy.mockRestore();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'INFO', message: 'served', service: 'grants', status: 200 },
    { level: 'WARN', message: 'slow' },
    { level: 'ERROR', message: 'internal', fault: 'TypeError' },
    { message: 'row_unreadable', requestId: 'r1', lambdaRequestId: 'l1' },
    { message: 'reaped', lambdaRequestId: 'l2' },
  ]);
  expect(JSON.parse(lines.at(-1) ?? '')).not.toHaveProperty('requestId');
});
