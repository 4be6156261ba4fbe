/** Milliseconds that may lie between two clocks that agree: the header has whole seconds, and an answer takes its time. */
const tolerated = 5_000;

/** Milliseconds by which a clock that shows `at` is ahead of the service's, whose answer came just then. None if the answer does not tell. */
export function aheadOf({ headers }: Pick<Response, 'headers'>, at: Date): number | undefined {
  const theirs = Date.parse(headers.get('date') ?? '');
  // The header has whole seconds, cut off.
  return Number.isNaN(theirs) ? undefined : at.getTime() - (theirs + 500);
}

/**
 * The time by the clock of the service that answered last to this `fetch`; by this machine's clock before. Logins live by the service's
 * clock, and this machine's may be hours off.
 */
export function serviceClock({ fetch, clock }: { fetch: typeof globalThis.fetch; clock: () => Date }) {
  let ahead = 0;
  const watched: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    const by = aheadOf(response, clock());
    if (by !== undefined) ahead = Math.abs(by) <= tolerated ? 0 : by;
    return response;
  };
  return { fetch: watched, now: (): Date => new Date(clock().getTime() - ahead) };
}
