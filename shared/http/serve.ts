import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { isPassing } from '../aws/aws-faults';
import { faultOf } from '../aws/fault-of';
import type { Log } from '../aws/log';
import { ApiError } from '../contract/errors';
import { type fallback, methodsOf, type RouteKey } from '../contract/routes';
import type { Source } from '../store/audit';
import type { Table } from '../store/table';
import type { Front } from './front';
import { askAgain, pageHeaders, problemPage } from './page';
import { putOnRecord, Refusal } from './refusal';
import { type ApiRequest, acceptsPage, originOf, parseEvent } from './request';

export interface ApiResponse {
  status: number;
  json?: unknown;
  /** A whole HTML document, with a style and a script of ours. */
  page?: string;
  /** A line that is no document. As HTML it must hold no markup. */
  line?: { type: 'text/html' | 'text/plain'; text: string };
  /** In place of a body: the methods of a path. */
  allow?: readonly string[];
  /** In place of a body: the path at which what was asked for is. */
  location?: string;
  /** Seconds after which asking again makes sense. */
  retryAfter?: number | undefined;
}

export type UseCase<Deps> = (deps: Deps, request: ApiRequest, now: Date) => Promise<ApiResponse>;
/** A route whose refusals, those of its form included, are no problem documents; none where one is. */
export interface InOtherWords<Deps> {
  answer: UseCase<Deps>;
  refuse(problem: ApiError, asked: { requestId: string; wantsPage: boolean }): ApiResponse | undefined;
}
export type UseCases<Deps> = Partial<Record<RouteKey | typeof fallback.key, UseCase<Deps> | InOtherWords<Deps>>>;
export type Handler = (
  event: APIGatewayProxyEventV2,
  context?: Pick<Context, 'awsRequestId'>,
) => Promise<APIGatewayProxyStructuredResultV2>;

const everyResponse = {
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** A Lambda handler for some routes: parses the payload, runs the use case, puts a refusal on record, and turns every outcome into HTTP. */
export function serve<Deps extends { table: Table }>(
  useCases: UseCases<Deps>,
  deps: Deps,
  edge: { origin?: string | undefined; log: Log; clock?: () => Date; front?: Front | undefined },
): Handler {
  const clock = edge.clock ?? (() => new Date());
  return async (event, context) => {
    const now = clock();
    const { routeKey: route, requestId } = event.requestContext;
    // On Lambda alone, where one process handles one request at a time.
    if (context) edge.log.about?.({ requestId, lambdaRequestId: context.awsRequestId });
    const respond = (response: APIGatewayProxyStructuredResultV2, code = 'served', facts = {}) => {
      const level = response.statusCode === 500 ? 'error' : 'info';
      edge.log[level](code, {
        route,
        status: response.statusCode,
        requestId,
        ms: clock().getTime() - now.getTime(),
        ...facts,
      });
      return response;
    };
    const useCase = useCases[route.replace(/^HEAD /, 'GET ') as RouteKey];
    const { answer, refuse } = typeof useCase === 'object' ? useCase : { answer: useCase, refuse: undefined };
    try {
      const { front = bySourceIp } = edge;
      const ip = await front(event);
      if (!answer) throw new ApiError('not_found', 'There is no such route.');
      const act = () => answer(deps, parseEvent(event, ip, edge.origin), now);
      return respond(render(await onRecord(deps.table, { requestId, ip }, now, act)));
    } catch (error) {
      const problem = error instanceof ApiError ? error : ownFault(error);
      const asked = { requestId, wantsPage: acceptsPage(event) };
      // Who went around the front is told so in one way, whatever they asked for.
      const told = problem.code === 'wrong_address' ? undefined : refuse?.(problem, asked);
      return respond(
        told ? render(told) : renderProblem(problem, event, edge.origin),
        problem.code,
        error instanceof ApiError ? {} : faultOf(error),
      );
    }
  };
}

/** A refusal that is not on record was none: then the fault that kept it from there is the answer. */
async function onRecord<T>(table: Table, source: Source, now: Date, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (fault) {
    if (fault instanceof Refusal) await putOnRecord(table, fault, source, now);
    throw fault;
  }
}

/** API Gateway's own word on who sent the request, where nothing stands in front of it. */
const bySourceIp = async (event: APIGatewayProxyEventV2): Promise<string> => event.requestContext.http.sourceIp;

function ownFault(error: unknown): ApiError {
  return isPassing(error)
    ? new ApiError('service_busy', 'A service behind mongogrant is busy. Ask again in a few seconds.', 5)
    : new ApiError('internal', 'Please try again. If it goes on, tell your admin the requestId.');
}

function render({
  status,
  json,
  page,
  line,
  allow,
  location,
  retryAfter,
}: ApiResponse): APIGatewayProxyStructuredResultV2 {
  if (allow) return { statusCode: status, headers: { ...everyResponse, allow: allow.join(', ') } };
  if (location !== undefined) return { statusCode: status, headers: { ...everyResponse, location } };
  if (page !== undefined) return { statusCode: status, headers: { ...everyResponse, ...pageHeaders }, body: page };
  const type = line ? `${line.type}; charset=utf-8` : 'application/json';
  return {
    statusCode: status,
    headers: { ...everyResponse, 'content-type': type, ...waiting(retryAfter) },
    body: line?.text ?? JSON.stringify(json),
  };
}

const waiting = (retryAfter: number | undefined): Record<string, string> =>
  retryAfter === undefined ? {} : { 'retry-after': String(Math.max(1, retryAfter)) };

function renderProblem(
  error: ApiError,
  event: APIGatewayProxyEventV2,
  origin?: string,
): APIGatewayProxyStructuredResultV2 {
  const { code, status, title, message: detail, retryAfter } = error;
  const { requestId } = event.requestContext;
  const extra = {
    ...waiting(retryAfter),
    ...(status === 405 && { allow: methodsOf(event.rawPath).join(', ') }),
    ...(status === 401 && { 'www-authenticate': `Bearer error="${code}"` }),
  };
  const wantsPage = acceptsPage(event) && event.requestContext.routeKey.endsWith('/{link}');
  if (wantsPage) {
    const page = problemPage({
      status,
      title,
      detail,
      ...(code.startsWith('link_') && askAgain(originOf(event, origin), error.terminalLogin)),
    });
    return { statusCode: status, headers: { ...everyResponse, ...pageHeaders, ...extra }, body: page };
  }
  const body = JSON.stringify({ type: `urn:mongogrant:problem:${code}`, title, status, detail, code, requestId });
  return {
    statusCode: status,
    headers: { ...everyResponse, 'content-type': 'application/problem+json', ...extra },
    body,
  };
}
