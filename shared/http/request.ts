import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ApiError } from '../contract/errors';
import { lists } from '../contract/fields/lists';
import { parseJsonText } from '../contract/json-text';

/** One request, parsed at the door. */
export interface ApiRequest {
  route: string;
  method: string;
  path: string;
  params: Record<string, string>;
  query: Record<string, string>;
  body: Record<string, unknown>;
  /** Whether the body was a form. In a form a list with one item looks like a text. */
  form?: boolean;
  /** The token after `Authorization: Bearer`. */
  bearer?: string | undefined;
  /** The person's address, from API Gateway or from what is in front of it. Never from a header that a person can set. */
  ip: string;
  userAgent: string;
  requestId: string;
  /** Milliseconds since 1970. By then every call to another service must have its answer or be given up. */
  deadline: number;
  /** The API's own address: the configured one, or API Gateway's domain. Never from a header. */
  origin: string;
  /** Whether the caller is a browser that wants a page. */
  wantsPage: boolean;
}

const mostBodyBytes = 8192;

/** Milliseconds. Functions run longer, so that they can still answer. */
const waitMs = 10_000;

/** Parses the payload of API Gateway (format 2.0). Throws a 4xx for what no route could accept. */
export function parseEvent(event: APIGatewayProxyEventV2, ip: string, origin?: string): ApiRequest {
  const { routeKey, requestId, http } = event.requestContext;
  return {
    route: routeKey,
    method: http.method,
    path: event.rawPath,
    params: Object.fromEntries(Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, value ?? ''])),
    query: fields(event.rawQueryString, 'query'),
    ...parseBody(event),
    bearer: /^Bearer +(\S+) *$/i.exec(event.headers.authorization ?? '')?.[1],
    ip,
    userAgent: http.userAgent,
    requestId,
    deadline: Date.now() + waitMs,
    origin: originOf(event, origin),
    wantsPage: acceptsPage(event),
  };
}

export const originOf = (event: APIGatewayProxyEventV2, origin?: string): string =>
  origin ?? `https://${event.requestContext.domainName}`;

export const acceptsPage = (event: APIGatewayProxyEventV2): boolean =>
  (event.headers.accept ?? '').includes('text/html');

function parseBody(event: APIGatewayProxyEventV2): Pick<ApiRequest, 'body' | 'form'> {
  const bytes = bodyBytes(event);
  if (bytes.length > mostBodyBytes)
    throw new ApiError('body_too_large', `A body may hold ${mostBodyBytes} bytes at most.`);
  if (bytes.length === 0) return { body: {} };
  const [type = '', ...parameters] = (event.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset =
    parameters
      .find((parameter) => parameter.startsWith('charset='))
      ?.slice(8)
      .replaceAll('"', '') ?? 'utf-8';
  if (
    !['application/json', 'application/x-www-form-urlencoded'].includes(type) ||
    !['utf-8', 'utf8'].includes(charset)
  ) {
    throw new ApiError(
      'unsupported_media_type',
      `Send application/json or application/x-www-form-urlencoded in UTF-8, and name it in the header Content-Type${type === '' ? ', which is missing' : ''}.`,
    );
  }
  const text = decode(bytes);
  if (type === 'application/json') return { body: jsonObject(text) };
  if (/^\s*[{[]/.test(text))
    throw new ApiError(
      'invalid_request',
      "body: looks like JSON, but came as a form. Send the header Content-Type: application/json with it (curl: -H 'Content-Type: application/json')",
    );
  return { body: fields(text, 'body', lists), form: true };
}

function bodyBytes({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): Buffer {
  if (!isBase64Encoded) return Buffer.from(body);
  // Node's decoder skips invalid base64, but a body must not be read as another one, or as none.
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('base64') !== body) throw new ApiError('invalid_request', 'body: is not valid base64');
  return bytes;
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError('invalid_request', 'body: is not valid UTF-8');
  }
}

function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch {
    throw new ApiError('invalid_request', 'body: is not valid JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ApiError('invalid_request', 'body: must be a JSON object');
  return Object.fromEntries(Object.entries(value));
}

/**
 * The fields of a form or a query string. A repeated field is refused, unless it may be a list: two readers of one request must not choose
 * different values.
 */
function fields(text: string, where: 'query'): Record<string, string>;
function fields(text: string, where: 'body', mayRepeat: object): Record<string, string | string[]>;
function fields(text: string, where: string, mayRepeat = {}): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) values.set(name, [...(values.get(name) ?? []), value]);
  const entries = [...values].map(([name, [first = '', ...more]]) => {
    if (more.length > 0 && !Object.hasOwn(mayRepeat, name))
      throw new ApiError('invalid_request', `${where}: a field is given twice`);
    return [name, more.length > 0 ? [first, ...more] : first];
  });
  return Object.fromEntries(entries);
}
