import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ApiError } from '../contract/errors';
import { askAgain, pageHeaders, problemPage } from './page';
import { acceptsPage, originOf } from './request';

export interface ApiResponse {
  status: number;
  json?: unknown;
  /** A whole HTML document with our style and script. */
  page?: string;
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

export function render(response: ApiResponse): APIGatewayProxyStructuredResultV2 {
  const { status, json, page, line, allow, location, retryAfter } = response;
  if (allow) return { statusCode: status, headers: { ...everyResponse, ...allowing(allow) } };
  if (location !== undefined) return { statusCode: status, headers: { ...everyResponse, location } };
  if (page !== undefined) return { statusCode: status, headers: { ...everyResponse, ...pageHeaders }, body: page };
  const type = line ? `${line.type}; charset=utf-8` : 'application/json';
  return {
    statusCode: status,
    headers: { ...everyResponse, 'content-type': type, ...waiting(retryAfter) },
    body: line?.text ?? JSON.stringify(json),
  };
}

/** A refusal as a problem document, or as a page if a browser opened a link. */
export function renderProblem(
  { code, status, title, message: detail, retryAfter, about }: ApiError,
  event: APIGatewayProxyEventV2,
  origin?: string,
): APIGatewayProxyStructuredResultV2 {
  const { requestId, routeKey } = event.requestContext;
  const extra = {
    ...waiting(retryAfter),
    ...(about.allow && allowing(about.allow)),
    ...(status === 401 && { 'www-authenticate': `Bearer error="${code}"` }),
  };
  if (acceptsPage(event) && routeKey.endsWith('/{link}')) {
    const next = code.startsWith('link_') && askAgain(originOf(event, origin), about.terminalLogin);
    const page = problemPage({ status, title, detail, ...next });
    return { statusCode: status, headers: { ...everyResponse, ...pageHeaders, ...extra }, body: page };
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
