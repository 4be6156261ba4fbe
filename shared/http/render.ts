import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ApiError } from '../contract/errors';
import type { Lab } from './lab';
import { documentOf, type Page, pageHeaders } from './page';
import { problemPage } from './problem-page';
import { acceptsPage, originOf } from './request';

export interface ApiResponse {
  status: number;
  json?: unknown;
  /** A page with our style and script. */
  page?: Page;
  /** A single line. As HTML it must hold no markup. */
  line?: { type: 'text/html' | 'text/plain'; text: string };
  /** Instead of a body: the methods of a path. */
  allow?: readonly string[];
  /** Instead of a body: the path to go to. */
  location?: string;
  /** Seconds after which a new request makes sense. */
  retryAfter?: number | undefined;
}

const everyResponse = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

export function render(response: ApiResponse, lab: Lab = {}): APIGatewayProxyStructuredResultV2 {
  const { status, json, page, line, allow, location, retryAfter } = response;
  if (allow) return { statusCode: status, headers: { ...everyResponse, ...allowing(allow) } };
  if (location !== undefined) return { statusCode: status, headers: { ...everyResponse, location } };
  if (page) return { statusCode: status, headers: { ...everyResponse, ...pageHeaders }, body: documentOf(page, lab) };
  const type = line ? `${line.type}; charset=utf-8` : 'application/json';
  return {
    statusCode: status,
    headers: { ...everyResponse, 'content-type': type, ...waiting(retryAfter) },
    body: line?.text ?? JSON.stringify(json),
  };
}

/** How refusals look here. */
export interface Look {
  lab?: Lab | undefined;
  origin?: string | undefined;
  /** Whether the route has pages for browsers. */
  hasPages?: boolean | undefined;
}

/** A refusal as a problem document, or as a page for a browser at a route with pages. */
export function renderProblem(
  problem: ApiError,
  event: APIGatewayProxyEventV2,
  { lab = {}, origin, hasPages }: Look,
): APIGatewayProxyStructuredResultV2 {
  const { code, status, title, message: detail, retryAfter, about } = problem;
  const { requestId } = event.requestContext;
  const extra = {
    ...waiting(retryAfter),
    ...(about.allow && allowing(about.allow)),
    ...(status === 401 && { 'www-authenticate': `Bearer error="${code}"` }),
  };
  if (hasPages && acceptsPage(event)) {
    const page = problemPage(problem, { requestId, origin: originOf(event, origin) });
    return { statusCode: status, headers: { ...everyResponse, ...pageHeaders, ...extra }, body: documentOf(page, lab) };
  }
  const body = JSON.stringify({ type: `urn:mongogrant:problem:${code}`, title, status, detail, code, requestId });
  return {
    statusCode: status,
    headers: { ...everyResponse, 'content-type': 'application/problem+json', ...extra },
    body,
  };
}

const allowing = (methods: readonly string[]): Record<string, string> => ({ allow: methods.join(', ') });

const waiting = (retryAfter: number | undefined): Record<string, string> =>
  retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, retryAfter)) };
