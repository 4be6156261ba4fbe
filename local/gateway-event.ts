import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as it arrived, with the route that it matched. */
export interface GatewayRequest {
  message: Pick<IncomingMessage, 'method' | 'headersDistinct' | 'httpVersion' | 'socket'>;
  body: Buffer;
  target: Target;
  routeKey: string;
  pathParameters: Record<string, string>;
  now: Date;
}

/** The two parts of a request target. As at API Gateway, the path is decoded and the query string is not. */
export interface Target {
  path: string;
  query: string;
}

const accountId = '000000000000';
const apiId = 'local';
const domainName = 'localhost';

/** API Gateway never passes these on: they concern the connection, and cookies have their own field. */
const dropped = new Set(
  'connection cookie keep-alive proxy-connection te trailer transfer-encoding upgrade expect'.split(' '),
);

/** An HTTP request as API Gateway's HTTP APIs send it to a function: payload format 2.0. */
export function gatewayEvent(request: GatewayRequest): APIGatewayProxyEventV2 {
  const { message, body, target, routeKey, pathParameters, now } = request;
  const headers = eventHeaders(message, body);
  const cookies = (message.headersDistinct.cookie ?? [])
    .flatMap((line) => line.split(';'))
    .map((cookie) => cookie.trim());
  const base64 = body.length > 0 && !isText(headers['content-type']);
  return {
    version: '2.0',
    routeKey,
    rawPath: target.path,
    rawQueryString: target.query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(target.query !== '' && { queryStringParameters: joined([...new URLSearchParams(target.query)]) }),
    requestContext: {
      accountId,
      apiId,
      domainName,
      domainPrefix: domainName,
      http: {
        method: message.method ?? 'GET',
        path: target.path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: `${randomBytes(11).toString('base64url')}=`,
      routeKey,
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...(body.length > 0 && { body: body.toString(base64 ? 'base64' : 'utf8') }),
    isBase64Encoded: base64,
  };
}

/** The target of a request line; none if it is no path or is wrongly encoded. */
export function parseTarget(url: string): Target | undefined {
  const relative = /^https?:\/\/[^/?]*(.*)$/i.exec(url)?.[1] ?? url;
  const [path = '', ...rest] = relative.split('?');
  if (path !== '' && !path.startsWith('/')) return undefined;
  try {
    return { path: decodeURIComponent(path) || '/', query: rest.join('?') };
  } catch {
    return undefined;
  }
}

function eventHeaders({ headersDistinct, socket }: GatewayRequest['message'], body: Buffer): Record<string, string> {
  const given = Object.entries(headersDistinct).flatMap(([name, values]) =>
    dropped.has(name) ? [] : [[name, (values ?? []).join(',')] as const],
  );
  const added = {
    'content-length': String(body.length),
    'x-amzn-trace-id': `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomBytes(12).toString('hex')}`,
    'x-forwarded-for': [...(headersDistinct['x-forwarded-for'] ?? []), socket.remoteAddress ?? '127.0.0.1'].join(', '),
    'x-forwarded-port': String(socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
  };
  return { ...Object.fromEntries(given), ...added };
}

/** Bodies of these types arrive as text. All others, also forms and bodies without a type, arrive in base64. */
function isText(contentType: string | undefined): boolean {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.startsWith('text/') || ['application/json', 'application/xml', 'application/javascript'].includes(type);
}

function joined(pairs: [string, string][]): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) values.set(name, values.has(name) ? `${values.get(name)},${value}` : value);
  return Object.fromEntries(values);
}

/** `12/Mar/2020:19:03:58 +0000` */
function clfTime(now: Date): string {
  const [, day, month, year, time] = now.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
