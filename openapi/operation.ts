import type { ErrorCode } from '../shared/contract/errors';
import type { inputs } from '../shared/contract/inputs';
import type { replies } from '../shared/contract/replies';

export type InputName = keyof typeof inputs;
export type ReplyName = keyof typeof replies;

/** What an answer is. `page` is HTML, for browsers; `text` is one line. */
export type AnswerKind = ReplyName | 'page' | 'text';
export const isJson = (kind: AnswerKind): kind is ReplyName => kind !== 'page' && kind !== 'text';

export const tags = {
  Links: 'A mailed link proves an address, and becomes a token.',
  Tokens: 'Who you are, and how to end your tokens.',
  Grants: 'MongoDB logins: ask for one, renew it, list yours, revoke them.',
  Rules: 'Who may have which role on which database of which host.',
  Rulers: 'Who may set rules for others, and inside which scope.',
  Audit: 'What happened.',
  'Python server': 'The routes of the Python server, for its clients. New programs use the others.',
} as const;

/** What the document says of a route, and what the tests hold the handlers to. */
export interface Operation {
  id: string;
  tag: keyof typeof tags;
  summary: string;
  description: string;
  /** Answers without a token. */
  open?: true;
  body?: InputName;
  query?: InputName;
  /** What a body may look like. */
  example?: Record<string, unknown>;
  /** What a field of the query means here, where its schema does not say so. */
  fields?: Record<string, string>;
  /** What it answers, by status. A status of 400 or more is here only if it is no problem document. */
  answers: Record<number, readonly AnswerKind[]>;
  /** Why it may refuse, apart from what every route refuses. */
  refusals: readonly ErrorCode[];
  deprecated?: true;
}

/** What every route refuses, whatever it does. */
const always: readonly ErrorCode[] = [
  'invalid_request',
  'wrong_address',
  'body_too_large',
  'unsupported_media_type',
  'internal',
  'service_busy',
];
const withToken: readonly ErrorCode[] = ['token_missing', 'token_invalid', 'token_expired', 'token_revoked'];

/** Every code with which this operation may refuse. */
export const codesOf = ({ open, refusals }: Pick<Operation, 'open' | 'refusals'>): ErrorCode[] => [
  ...always,
  ...(open ? [] : withToken),
  ...refusals,
];
