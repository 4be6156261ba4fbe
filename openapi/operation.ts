import type { ErrorCode } from '../shared/contract/errors';
import { type AnswerKind, keyOf, type ReplyName, type Route, type RouteWords } from '../shared/contract/route';
import { allRoutes, type RouteKey, words } from '../shared/contract/routes';

/** A route with its words, which the document shows and the tests check. */
export interface Operation extends RouteWords {
  route: Route;
}

export const operations: readonly Operation[] = allRoutes.map((route) => ({
  route,
  ...words[keyOf(route) as RouteKey],
}));

export const isJson = (kind: AnswerKind): kind is ReplyName => kind !== 'page' && kind !== 'text';

/** What every route may refuse. */
const always: readonly ErrorCode[] = [
  'invalid_request',
  'wrong_address',
  'body_too_large',
  'unsupported_media_type',
  'internal',
  'service_busy',
];
const withToken: readonly ErrorCode[] = ['token_missing', 'token_invalid', 'token_expired', 'token_revoked'];

export const codesOf = ({ open, refuses }: Pick<Route, 'open' | 'refuses'>): ErrorCode[] => [
  ...always,
  ...(open ? [] : withToken),
  ...refuses,
];
