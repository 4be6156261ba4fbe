/**
 * Waits for all acts, then returns the results or throws the first fault. So no act is left running behind an answer, where it could be
 * frozen for minutes and then act on old facts.
 */
export async function together<T extends readonly unknown[] | []>(
  acts: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(acts);
  return Promise.all(acts);
}
