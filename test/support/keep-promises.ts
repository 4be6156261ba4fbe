import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import type { Handler } from '../../shared/http';
import { replies } from '../../shared/replies';
import type { RouteKey } from '../../shared/routes';
import { strict } from './strict';

type Reply = keyof typeof replies;
const page = 'page';

/** What each route answers, by status: one of these, with no field more and none less. */
const promised: Record<RouteKey, Record<number, (Reply | typeof page)[]>> = {
  'POST /links': { 202: ['linkRequested', 'terminalLink'] },
  'GET /links/{link}': { 200: [page] },
  'HEAD /links/{link}': { 200: [page] },
  'POST /links/{link}': { 200: ['token', page] },
  'POST /grants': { 201: ['grant'] },
  'POST /grants/renew': { 200: ['renewed'] },
  'GET /grants': { 200: ['grants'] },
  'GET /me': { 200: ['me'] },
  'DELETE /grants': { 200: ['revoked'] },
  'DELETE /tokens': { 200: ['tokensRevoked'] },
  'GET /rules': { 200: ['rules'] },
  'PUT /rules': { 200: ['rule', 'losses'] },
  'DELETE /rules': { 200: ['ruleRemoved', 'losses'] },
  'GET /rules/why': { 200: ['why'] },
  'GET /rulers': { 200: ['rulers'] },
  'PUT /rulers': { 200: ['ruler'] },
  'DELETE /rulers': { 200: ['rulerRemoved'] },
  'GET /audit': { 200: ['audit'] },
};

const strictly = new Map(Object.entries(replies).map(([name, schema]) => [name, strict(schema)]));

/** The same handler, which throws where an answer is not what `shared/replies.ts` promises: whoever tests a route tests that, too. */
export const keepPromises =
  (handler: Handler): Handler =>
  async (event) => {
    const answer = await handler(event);
    const broken = brokenBy(event.requestContext.routeKey, answer);
    if (broken) throw new Error(`${event.requestContext.routeKey} answered ${answer.statusCode}: ${broken}`);
    return answer;
  };

function brokenBy(route: string, { statusCode = 0, headers = {}, body = '' }: APIGatewayProxyStructuredResultV2) {
  const type = headers['content-type'];
  const kinds = statusCode >= 400 ? ['problem', page] : (promised[route as RouteKey]?.[statusCode] ?? []);
  if (String(type).startsWith('text/html')) return kinds.includes(page) ? undefined : 'a page that is not promised';
  if (type !== (statusCode >= 400 ? 'application/problem+json' : 'application/json')) return `the type ${type}`;
  const results = kinds.flatMap((kind) => {
    const schema = strictly.get(kind);
    return schema ? [v.safeParse(schema, JSON.parse(body), { abortEarly: true })] : [];
  });
  if (results.some(({ success }) => success)) return undefined;
  const issues = results.flatMap(({ issues = [] }) =>
    issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`),
  );
  return `not what is promised (${kinds.join(' or ')}): ${issues.join('; ') || 'nothing is'}`;
}
