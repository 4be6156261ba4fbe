import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { listenToClients, type RecordedCall, record, timeWithCalls, tripsOf } from '../../bench/speed/calls/record';
import { prepareReplay } from '../../bench/speed/calls/replay';
import { isMet } from '../../bench/speed/measure/measured';
import { inTurn, median, medianAtMost, ratioOf } from '../../bench/speed/measure/turns';
import { outcomeText, targetText } from '../../bench/speed/page/verdicts';

const call = (start: number, end: number, more: Partial<RecordedCall> = {}): RecordedCall => ({
  ...{ backend: 'dynamodb', name: 'GetItemCommand', sent: {}, prepare: () => async () => ({}), start, end },
  ...more,
});

test('acts run in turn, after one round that does not count', async () => {
  const order: string[] = [];
  const act = (name: string) => async () => order.push(name);
  expect(await inTurn(2, { a: act('a'), b: act('b') })).toEqual({ a: [3, 5], b: [4, 6] });
  expect(order.join('')).toBe('ababab');
});

test('the interval of a median ends above it, and closer the more was sampled', () => {
  const samples = (count: number) => Array.from({ length: count }, (_, n) => (n + 1) / count);
  const [few, many] = [medianAtMost(samples(20)), medianAtMost(samples(2000))];
  expect([median(samples(20)), few > 0.5, few > many, many < 0.53]).toEqual([0.5, true, true, true]);
});

test('a ratio is that of the turns, and noisy if they disagree', () => {
  expect(ratioOf([10, 22, 33], [10, 20, 30])).toEqual({ ratio: 1.1 });
  expect(ratioOf([10, 20, 60], [10, 20, 30])).toEqual({ ratio: 1, noisy: 'the turns differ by 100 %' });
});

test('calls beside each other take their time once, and a chain of calls is as long as its links', () => {
  const calls = [call(0, 10), call(1, 4), call(5, 12), call(20, 21), call(20, 25)];
  expect([timeWithCalls(calls), tripsOf(calls)]).toEqual([17, 3]);
  expect([timeWithCalls([]), tripsOf([])]).toEqual([0, 0]);
});

test('calls are sent again in the same order, and must end as they did', async () => {
  const order: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const noted = (name: string, until?: Promise<void>, then?: () => void) => ({
    prepare: () => async () => {
      order.push(`${name} begins`);
      await until;
      order.push(`${name} ends`);
      then?.();
    },
  });
  const calls = [call(0, 9, noted('a', held)), call(1, 4, noted('b')), call(5, 12, noted('c', undefined, release))];
  await prepareReplay(calls)();
  expect(order).toEqual(['a begins', 'b begins', 'b ends', 'c begins', 'c ends', 'a ends']);
  const fails = { prepare: () => () => Promise.reject(new TypeError('no')) };
  await expect(prepareReplay([call(0, 1, { ...fails, fault: 'TypeError' })])()).resolves.toBeUndefined();
  await expect(prepareReplay([call(0, 1, fails)])()).rejects.toThrow('no');
  await expect(prepareReplay([call(0, 1, { fault: 'TypeError' })])()).rejects.toThrow('failed before: TypeError');
});

test('what the clients send is recorded while somebody listens, with its answer or fault', async () => {
  const fault = Object.assign(new Error('no'), { name: 'NoWay' });
  const send = jest.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(() => Promise.reject(fault));
  listenToClients();
  const client = new DynamoDBClient({});
  const ask = () => client.send(new GetItemCommand({ TableName: 't', Key: {} })).catch(() => undefined);
  const { calls } = await record(ask);
  await ask();
  expect(calls).toMatchObject([
    { backend: 'dynamodb', name: 'GetItemCommand', sent: { TableName: 't' }, fault: 'NoWay' },
  ]);
  expect(send).toHaveBeenCalledTimes(2);
  await prepareReplay(calls)();
  expect(send).toHaveBeenCalledTimes(3);
});

test('a target is met, not met, or not there', () => {
  const outcomes = [{ atMost: 1 }, { atLeast: 1.2 }, { exactly: 1.1 }, undefined].map((target) =>
    isMet({ what: '', value: 1.1, ...(target && { target }) }),
  );
  expect(outcomes).toEqual([false, false, true, undefined]);
  const verdict = { what: '', value: 2, unit: 'ms', target: { atMost: 1 }, noisy: 'why' };
  expect([targetText(verdict), outcomeText(verdict)]).toEqual(['at most 1 ms', 'not met (noisy: why)']);
});
