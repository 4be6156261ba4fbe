import * as v from 'valibot';

/** What came from the API. `retryAfter`: the seconds of its `Retry-After` header. */
export interface Reply {
  status: number;
  /** The body, parsed as JSON. Anything, if the body is no JSON. */
  json: unknown;
  retryAfter?: number;
  /** Who answered. */
  endpoint?: string;
  /** Where a redirect leads: scheme and host. */
  leadsTo?: string;
}

/** What every refusal of a mongogrant has. */
export const problem = v.object({ code: v.string(), detail: v.string(), requestId: v.optional(v.string()) });
export const codeOf = (json: unknown): string | undefined => (v.is(problem, json) ? json.code : undefined);

/** Whether a reply says that the request was carried out. */
export const isDone = ({ status }: Reply): boolean => status >= 200 && status < 300;

/** Whether API Gateway held the request back: its own 429, which the service never sees. */
export const isHeldBack = (reply: Reply | undefined): boolean =>
  reply?.status === 429 && codeOf(reply.json) === undefined;
