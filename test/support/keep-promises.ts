import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as v from 'valibot';
import { codesOf } from '../../openapi/operation';
import { replies } from '../../shared/contract/replies';
import { keyOf, type Route } from '../../shared/contract/route';
import { allRoutes, fallback } from '../../shared/contract/routes';
import type { Handler } from '../../shared/http/serve';
import { strayIn } from './conforms';
import { strict } from './strict';

const strictly = new Map(Object.entries(replies).map(([name, schema]) => [name, strict(schema)]));
/** Users of the command read details, too; curl users find the routes in docs/api.md. */
const namesRoute = /\b[A-Z]{3,} \//;
const known = new Map<string, Route>(allRoutes.map((route) => [keyOf(route), route]));

/**
 * The same handler, which throws where an answer is not what is promised: an answer of `shared/contract/replies.ts`, with no field more, at a
 * status, or a refusal with a code, that the route names; and where it took a request that docs/openapi.yaml would refuse.
 * So whoever tests a route tests that, too.
 */
export const keepPromises =
  (handler: Handler): Handler =>
  async (event) => {
    const answer = await handler(event);
    const { routeKey } = event.requestContext;
    const broken = brokenBy(routeKey, event, answer);
    if (broken) throw new Error(`${routeKey} answered ${answer.statusCode}: ${broken}`);
    return answer;
  };

function brokenBy(
  route: string,
  event: APIGatewayProxyEventV2,
  { statusCode = 0, headers = {}, body = '' }: APIGatewayProxyStructuredResultV2,
): string | undefined {
  const promised = known.get(route.replace(/^HEAD /, 'GET '));
  if (!promised && route !== fallback.key) return 'a route that there is not';
  if (route === fallback.key && statusCode === 308) return headers.location && !body ? undefined : 'no Location';
  if (route === fallback.key && statusCode === 204) return headers.allow && !body ? undefined : 'no Allow';
  const answered = promised?.answers[statusCode];
  const type = String(headers['content-type']);
  const refused = statusCode >= 400 && (!answered || type === 'application/problem+json');
  const kinds = refused ? ['problem'] : (answered ?? []);
  const asPage =
    route === fallback.key ||
    Object.values(promised?.answers ?? {})
      .flat()
      .includes('page');
  if (type.startsWith('text/html')) return asPage && (refused || kinds.includes('page')) ? undefined : 'a page';
  if (type.startsWith('text/plain')) return kinds.includes('text') ? undefined : 'a text';
  if (type !== (refused ? 'application/problem+json' : 'application/json')) return `the type ${type}`;
  if (kinds.length === 0) return 'a status that the route does not name';
  const json: unknown = JSON.parse(body);
  const issues = kinds.flatMap((kind) => issuesWith(kind, json));
  if (issues.length === kinds.length) return `not what is promised (${kinds.join(' or ')}): ${issues.join('; ')}`;
  if (statusCode < 400) return strayIn(route.replace(/^HEAD /, 'GET '), event);
  if (!refused) return undefined;
  const { code, detail } = v.parse(replies.problem, json);
  if (namesRoute.test(detail)) return `a detail that names a route, which is no word for the command: ${detail}`;
  const named = promised ? codesOf(promised).some((one) => one === code) : true;
  return named ? undefined : `the code ${code}, which the route does not name`;
}

/** None, or one that says what is wrong. */
function issuesWith(kind: string, json: unknown): string[] {
  const schema = strictly.get(kind);
  if (!schema) return [`no ${kind}`];
  const { success, issues = [] } = v.safeParse(schema, json, { abortEarly: true });
  return success ? [] : issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
}
