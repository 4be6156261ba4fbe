import * as v from 'valibot';

/** What the API answered. `retryAfter`: the seconds of its `Retry-After` header. */
export interface Answer {
  status: number;
  /** The body, parsed as JSON; anything for a body that is none. */
  json: unknown;
  retryAfter?: number;
}

/**
 * One request to the API, with the token of the person who asks. Answers whatever status came back; throws only if no answer came, so
 * that nobody knows whether the request was carried out.
 */
export type Api = (
  method: 'GET' | 'PUT' | 'DELETE',
  path: string,
  input: { query?: Record<string, string>; body?: unknown },
) => Promise<Answer>;

/** What planning and applying need from outside. */
export interface ClientDeps {
  api: Api;
  /** Resolves after so many seconds. */
  sleep(seconds: number): Promise<void>;
}

/** The API refused, or can't be understood. `code` is the API's own, or `no_answer`, `answer_unknown`, `outside_scope`. */
export class RequestFailed extends Error {
  constructor(
    readonly code: string,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = 'RequestFailed';
  }
}

/** How often a request is sent before it is given up. */
export const tries = 6;
/** Seconds. Whoever is told to wait longer hears of it, and decides. */
const longestPause = 60;

/** The seconds to wait before the same request is sent again; none where that would not help. */
export function pauseOf(answer: Answer | undefined, attempt: number): number | undefined {
  if (answer && answer.status !== 429 && answer.status !== 503) return undefined;
  const pause = answer?.retryAfter ?? 2 ** attempt;
  return attempt + 1 < tries && pause <= longestPause ? pause : undefined;
}

const problem = v.object({ code: v.string(), detail: v.string() });

/** A refusal in the API's own words. */
export function failureOf({ status, json }: Answer): RequestFailed {
  const { success, output } = v.safeParse(problem, json);
  if (success) return new RequestFailed(output.code, output.detail);
  return new RequestFailed(
    'answer_unknown',
    `The API answered with status ${status}, without saying why. Try again later.`,
  );
}

export const noAnswer = (cause?: unknown): RequestFailed =>
  new RequestFailed(
    'no_answer',
    'The API does not answer. Check your connection and the address of the API, then try again.',
    {
      cause,
    },
  );

/** Asks, and asks again where there is no answer or the API asks for patience. Throws a {@link RequestFailed}. */
export async function read<S extends v.GenericSchema>(
  { api, sleep }: ClientDeps,
  schema: S,
  path: string,
  query: Record<string, string> = {},
): Promise<v.InferOutput<S>> {
  for (let attempt = 0; ; attempt += 1) {
    const { answer, fault } = await sent(api('GET', path, { query }));
    if (answer?.status === 200) return understood(schema, answer.json, path);
    const pause = pauseOf(answer, attempt);
    if (pause === undefined) throw answer ? failureOf(answer) : noAnswer(fault);
    await sleep(pause);
  }
}

/** What came of a request: an answer, or the fault that kept it away. */
export const sent = async (request: Promise<Answer>): Promise<{ answer?: Answer; fault?: unknown }> =>
  request.then(
    (answer) => ({ answer }),
    (fault: unknown) => ({ fault }),
  );

function understood<S extends v.GenericSchema>(schema: S, json: unknown, path: string): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, json);
  if (success) return output;
  const [issue] = issues;
  const where = v.getDotPath(issue) ?? 'the answer';
  throw new RequestFailed(
    'answer_unknown',
    `GET ${path} answered something that this version does not understand (${where}). Update mongogrant's client.`,
  );
}
