import * as v from 'valibot';
import type { Route } from '../../../shared/contract/route';
import { defined } from '../defined';
import { isMongograntError, MongograntError } from '../mongogrant-error';

/** What came from the API. `retryAfter`: the seconds of its `Retry-After` header. */
export interface Reply {
  status: number;
  /** The body, parsed as JSON. Anything, if the body is no JSON. */
  json: unknown;
  retryAfter?: number;
}

export interface ApiInput {
  query?: Record<string, string>;
  body?: unknown;
}

/**
 * Sends one request to the API, with the token of the person who asks. Returns a reply of any status. Throws only if no reply came:
 * then nobody knows whether the request was carried out.
 */
export type Api = (route: Pick<Route, 'method' | 'path'>, input: ApiInput) => Promise<Reply>;

/** What asking needs from outside. */
export interface ClientDeps {
  api: Api;
  sleep(seconds: number): Promise<void>;
  /** How often a request is sent before it is given up. */
  tries?: number;
  /** Seconds. If the API asks for a longer pause, the caller gets the refusal and decides. */
  longestPause?: number;
}

/**
 * Whether a request may be sent again. `always`: twice is the same as once, so it is sent again even if the reply got lost.
 * `refused`: only if the API said that it did nothing.
 */
export type Repeat = 'always' | 'refused' | 'never';

/** The seconds to wait before the same request is sent again. None if that would not help. */
export function pauseOf(reply: Reply | undefined, attempt: number, deps: ClientDeps): number | undefined {
  const { tries = 6, longestPause = 60 } = deps;
  if (reply && !passes(reply)) return undefined;
  const pause = reply?.retryAfter ?? 2 ** attempt;
  return attempt + 1 < tries && pause <= longestPause ? pause : undefined;
}

/** Whether the same request may get another answer soon. */
const passes = ({ status, json, retryAfter }: Reply): boolean =>
  status === 503 ||
  (status === 429 && !isFull(codeOf(json))) ||
  (codeOf(json) === 'grant_busy' && retryAfter !== undefined);

/** Whether API Gateway held the request back: its own 429, which the service never sees. */
const isHeldBack = (reply: Reply | undefined): boolean => reply?.status === 429 && codeOf(reply.json) === undefined;

/** Whether somebody has all that they may have: only they can make room. */
const isFull = (code: string | undefined): boolean => code === 'too_many_grants' || code === 'too_many_rules';

const problem = v.object({ code: v.string(), detail: v.string(), requestId: v.optional(v.string()) });
const codeOf = (json: unknown): string | undefined => (v.is(problem, json) ? json.code : undefined);

/** A refusal in the API's own words. */
export function failureOf(reply: Reply): MongograntError {
  const { status, json, retryAfter } = reply;
  const { success, output } = v.safeParse(problem, json);
  if (success)
    return new MongograntError(output.code, output.detail, { status, retryAfter, requestId: output.requestId });
  if (isHeldBack(reply))
    return new MongograntError(
      'too_many_requests',
      'The service gets more requests than it lets through. Try again in a minute.',
      { status, retryAfter },
    );
  return new MongograntError(
    'answer_unknown',
    `The API answered with status ${status}, without saying why. Check its address, or try again later.`,
    { status, retryAfter },
  );
}

export const noReply = (cause?: unknown): MongograntError =>
  new MongograntError(
    'no_answer',
    'The API does not answer. Check your connection and the address of the API, then try again.',
    { cause },
  );

/** A request, and how its reply is read. */
export interface Question<S extends v.GenericSchema> extends ApiInput {
  route: Pick<Route, 'method' | 'path'>;
  reply: S;
  repeat: Repeat;
}

/** Asks. Asks again, if that is safe, when the API says to wait or gives no reply. Throws a {@link MongograntError}. */
export async function ask<S extends v.GenericSchema>(
  deps: ClientDeps,
  { route, query, body, reply: schema, repeat }: Question<S>,
): Promise<v.InferOutput<S>> {
  for (let attempt = 0; ; attempt += 1) {
    const { reply, fault } = await sent(deps.api(route, defined({ query, body })));
    if (reply && reply.status < 300) return understood(schema, reply.json);
    const again = repeat === 'always' || isHeldBack(reply) || (repeat === 'refused' && reply?.status === 429);
    const pause = again ? pauseOf(reply, attempt, deps) : undefined;
    if (pause === undefined) throw reply ? failureOf(reply) : isMongograntError(fault) ? fault : noReply(fault);
    await deps.sleep(pause);
  }
}

/** Asks for what changes nothing. */
export const read = <S extends v.GenericSchema>(
  deps: ClientDeps,
  question: Omit<Question<S>, 'body' | 'repeat'>,
): Promise<v.InferOutput<S>> => ask(deps, { query: {}, ...question, repeat: 'always' });

/** All pages of a list. */
export async function pages<S extends v.GenericSchema<unknown, { cursor?: string | undefined }>, T>(
  deps: ClientDeps,
  question: Omit<Question<S>, 'body' | 'repeat'>,
  itemsOf: (page: v.InferOutput<S>) => T[],
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(deps, { ...question, query: { ...question.query, ...defined({ cursor }) } });
    items.push(...itemsOf(page));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}

/** What came of a request: a reply, or the fault that kept it away. */
export const sent = async (request: Promise<Reply>): Promise<{ reply?: Reply; fault?: unknown }> =>
  request.then(
    (reply) => ({ reply }),
    (fault: unknown) => ({ fault }),
  );

function understood<S extends v.GenericSchema>(schema: S, json: unknown): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, json);
  if (success) return output;
  const [issue] = issues;
  const where = v.getDotPath(issue) ?? 'the answer';
  throw new MongograntError(
    'answer_unknown',
    `The API answered something that this version does not understand (${where}). Update mongogrant's client.`,
  );
}
