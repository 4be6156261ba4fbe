/**
 * Waits for all of these, and only then answers, or throws the first fault: what has begun never goes on behind an answer, where it could
 * be stopped for minutes and then act on what is no longer so.
 */
export async function together<T extends readonly unknown[] | []>(
  acts: T,
): Promise<{ -readonly [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(acts);
  return Promise.all(acts);
}
