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

/** The kind of an answer. `page` is HTML, for browsers; `text` is one line. */
export type AnswerKind = ReplyName | 'page' | 'text';

type Fields = v.GenericSchema & { readonly entries: Readonly<Record<string, v.GenericSchema>> };

/** The facts of a route. The stack, the local gateway, the functions, the SDK and the OpenAPI document are made from them. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  function: FunctionName;
  /** Needs no token. */
  open?: true;
  /** The fields of its body and of its query; any other field is refused. */
  body?: Fields;
  query?: Fields;
  /** Its query is not checked: programs that scan mail add to the addresses in it. */
  anyQuery?: true;
  /** Its answers, by status. A status of 400 or more is only here if it is no problem document. */
  answers: Readonly<Record<number, readonly AnswerKind[]>>;
  /** Why it may refuse, besides what every route refuses. */
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

/** The words about a route, for the OpenAPI document. */
export interface RouteWords {
  id: string;
  tag: keyof typeof tags;
  summary: string;
  description: string;
  deprecated?: true;
  /** The name of its body in the document. */
  bodyName?: string;
  example?: Record<string, unknown>;
  /** The meaning of a query field here, if the field's own words do not give it. */
  fields?: Record<string, string>;
}
