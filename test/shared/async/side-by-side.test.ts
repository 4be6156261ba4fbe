import { sideBySide } from '../../../shared/async/side-by-side';

test('the act runs for each item, so many at a time, and the results keep the order of the items', async () => {
  let [running, most] = [0, 0];
  const results = await sideBySide(3, [5, 1, 4, 2, 3, 0], async (turns) => {
    most = Math.max(most, ++running);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    running--;
    return turns * 10;
  });
  expect([results, most]).toEqual([[50, 10, 40, 20, 30, 0], 3]);
});

test('nothing is done for no items', async () => {
  expect(await sideBySide(3, [], () => Promise.reject(new Error('called')))).toEqual([]);
});

test('a fault is handed on', async () => {
  await expect(
    sideBySide(2, [1, 2, 3], (n) => (n === 2 ? Promise.reject(new Error('two')) : Promise.resolve(n))),
  ).rejects.toThrow('two');
});

test('after a fault nothing new begins, and what is under way ends before it is thrown', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const act = async (n: number) => {
    begun.push(n);
    if (n === 2) throw new Error('two');
    await new Promise((resolve) => setImmediate(resolve));
    ended.push(n);
  };
  await expect(sideBySide(2, [1, 2, 3, 4], act)).rejects.toThrow('two');
  expect([begun, ended]).toEqual([[1, 2], [1]]);
});
