import { randomBytes } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as v from 'valibot';

export interface GatewayResponse {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

const structured = v.object({
  statusCode: v.pipe(
    v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{3}$/), v.transform(Number))]),
    v.integer(),
    v.minValue(200),
    v.maxValue(599),
  ),
  headers: v.optional(v.nullable(v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])))),
  cookies: v.optional(v.nullable(v.array(v.string()))),
  body: v.optional(v.nullable(v.string())),
  isBase64Encoded: v.optional(v.nullable(v.boolean())),
});

const own = ['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** Turns a function's result into the answer of API Gateway: structured if it names a status, otherwise the value as JSON. */
export function gatewayResponse(result: unknown): GatewayResponse {
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const text = typeof result === 'string' ? result : (JSON.stringify(result) ?? 'null');
    return answer(200, { 'content-type': 'application/json' }, Buffer.from(text));
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = v.parse(structured, result);
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  for (const [name, value] of given) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  const kept = given.filter(([name]) => !own.includes(name));
  const all = {
    'content-type': 'text/plain; charset=utf-8',
    ...Object.fromEntries(kept),
    ...(cookies?.length && { 'set-cookie': cookies }),
  };
  return answer(statusCode, all, Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8'));
}

/** An answer of the gateway itself, in API Gateway's form. */
export const ownAnswer = (status: number, message: string): GatewayResponse =>
  answer(status, { 'content-type': 'application/json' }, Buffer.from(JSON.stringify({ message })));

function answer(status: number, headers: Record<string, string | string[]>, body: Buffer): GatewayResponse {
  const bodiless = status === 204 || status === 304;
  const length: Record<string, string> = bodiless ? {} : { 'content-length': String(body.length) };
  return {
    status,
    headers: { ...headers, ...length, 'apigw-requestid': `${randomBytes(11).toString('base64url')}=` },
    body: bodiless ? Buffer.alloc(0) : body,
  };
}
