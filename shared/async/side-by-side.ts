import { together } from './together';

/**
 * Runs the act for each item, `most` at once, and returns the results in order. After a fault no act begins; it is thrown when the others
 * end.
 */
export async function sideBySide<I, R>(most: number, items: readonly I[], act: (item: I) => Promise<R>): Promise<R[]> {
  const waiting = items.entries();
  const results: R[] = [];
  let failed = false;
  const lane = async () => {
    for (let next = waiting.next(); !next.done && !failed; next = waiting.next()) {
      const [index, item] = next.value;
      try {
        results[index] = await act(item);
      } catch (fault) {
        failed = true;
        throw fault;
      }
    }
  };
  await together(Array.from({ length: Math.min(most, items.length) }, lane));
  return results;
}
