import type { ErrorCode } from '../shared/contract/errors';
import { type AnswerKind, keyOf, type ReplyName, type Route, type RouteWords } from '../shared/contract/route';
import { allRoutes, type RouteKey, words } from '../shared/contract/routes';

/** A route with its words: what the document says of it, and what the tests hold the handlers to. */
export interface Operation extends RouteWords {
  route: Route;
}

export const operations: readonly Operation[] = allRoutes.map((route) => ({
  route,
  ...words[keyOf(route) as RouteKey],
}));

export const isJson = (kind: AnswerKind): kind is ReplyName => kind !== 'page' && kind !== 'text';

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

/** Every code with which this route may refuse. */
export const codesOf = ({ open, refuses }: Pick<Route, 'open' | 'refuses'>): ErrorCode[] => [
  ...always,
  ...(open ? [] : withToken),
  ...refuses,
];
