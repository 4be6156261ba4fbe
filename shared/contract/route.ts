import type * as v from 'valibot';
import type { ErrorCode } from './errors';
import type { replies } from './replies';

/** The functions behind the API. */
export type FunctionName =
  | 'request-link'
  | 'redeem-link'
  | 'grant-credentials'
  | 'grants'
  | 'revoke'
  | 'rules'
  | 'audit';

export type ReplyName = keyof typeof replies;

/** What an answer is. `page` is HTML, for browsers; `text` is one line. */
export type AnswerKind = ReplyName | 'page' | 'text';

type Fields = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** What of a route runs: the stack, the local gateway, the functions and the SDK are made from it, and the OpenAPI document. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  function: FunctionName;
  /** Answers without a token. */
  open?: true;
  /** The fields that it takes from its body, and from its query; what it does not take must not be there. */
  body?: Fields;
  query?: Fields;
  /** Its query is left alone: programs that look through mail add to the addresses in it. */
  anyQuery?: true;
  /** What it answers, by status. A status of 400 or more is here only if it is no problem document. */
  answers: Readonly<Record<number, readonly AnswerKind[]>>;
  /** Why it may refuse, apart from what every route refuses. */
  refuses: readonly ErrorCode[];
}

/** `METHOD /path`, as API Gateway names a route. */
export type KeyOf<R extends Pick<Route, 'method' | 'path'>> = R extends unknown ? `${R['method']} ${R['path']}` : never;
export const keyOf = <const R extends Pick<Route, 'method' | 'path'>>(route: R): KeyOf<R> =>
  `${route.method} ${route.path}` as KeyOf<R>;

/** The parts of the OpenAPI document, in its order. */
export const tags = {
  Links: 'A mailed link proves an address, and becomes a token.',
  Tokens: 'Who you are, and how to end your tokens.',
  Grants: 'MongoDB logins: ask for one, renew it, list yours, revoke them.',
  Rules: 'Who may have which role on which database of which host.',
  Rulers: 'Who may set rules for others, and inside which scope.',
  Audit: 'What happened.',
  'Python server': 'The routes of the Python server, for its clients. New programs use the others.',
} as const;

/** What the OpenAPI document says of a route. */
export interface RouteWords {
  id: string;
  tag: keyof typeof tags;
  summary: string;
  description: string;
  deprecated?: true;
  /** What the document calls its body. */
  bodyName?: string;
  /** What a body may look like. */
  example?: Record<string, unknown>;
  /** What a field of the query means here, where the field's own words do not say so. */
  fields?: Record<string, string>;
}
