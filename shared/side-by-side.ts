/** Runs the act for each item, at most so many at a time; the results in the order of the items. The first fault ends it. */
export async function sideBySide<I, R>(most: number, items: readonly I[], act: (item: I) => Promise<R>): Promise<R[]> {
  const waiting = [...items.entries()];
  const results = new Map<number, R>();
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results.set(next[0], await act(next[1]));
  };
  await Promise.all(Array.from({ length: most }, lane));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
