import * as v from 'valibot';
import type { Route } from '../../../shared/contract/route';
import { defined } from '../defined';
import { explainBody, failureOf } from './explain-answer';
import { mayPass, noReply } from './explain-silence';
import { codeOf, isDone, isHeldBack, type Reply } from './reply';

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

/** Whether somebody has all that they may have: only they can make room. */
const isFull = (code: string | undefined): boolean => code === 'too_many_grants' || code === 'too_many_rules';

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
    if (reply && isDone(reply)) return understood(schema, reply);
    const again = repeat === 'always' || isHeldBack(reply) || (repeat === 'refused' && reply?.status === 429);
    const pause = again && mayPass(fault) ? pauseOf(reply, attempt, deps) : undefined;
    if (pause === undefined) throw reply ? failureOf(reply) : noReply(fault);
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

function understood<S extends v.GenericSchema>(schema: S, reply: Reply): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, reply.json);
  if (success) return output;
  const [issue] = issues;
  throw explainBody(reply, fieldsOf(schema), v.getDotPath(issue) ?? 'the answer');
}

function fieldsOf(schema: object): string[] {
  if ('options' in schema && Array.isArray(schema.options)) return schema.options.flatMap(fieldsOf);
  return 'entries' in schema ? Object.keys(schema.entries ?? {}) : [];
}
