import { onceForEach } from '../../../shared/async/once-for-each';

test('works once for each object, even if that gives nothing, and again for an equal one', () => {
  const work = jest.fn(({ name }: { name: string }) => (name === 'none' ? undefined : name));
  const once = onceForEach(work);
  const [one, none] = [{ name: 'one' }, { name: 'none' }];
  expect([once(one), once(one), once(none), once(none), once({ name: 'one' })]).toEqual([
    ...['one', 'one', undefined, undefined, 'one'],
  ]);
  expect(work).toHaveBeenCalledTimes(3);
});
