import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { isPassing } from '../aws/aws-faults';
import { faultOf } from '../aws/fault-of';
import type { Log } from '../aws/log';
import { ApiError } from '../contract/errors';
import { keyOf, type Route } from '../contract/route';
import { type Event, type Source, writeEvent } from '../store/audit';
import type { Table } from '../store/table';
import type { Call, CallOf } from './call';
import type { Front } from './front';
import type { Lab } from './lab';
import { parseTaken } from './parse';
import { eventOf, Refusal } from './refusal';
import { type ApiResponse, render, renderProblem } from './render';
import { acceptsPage, parseEvent } from './request';

/** Answers the requests to one route. */
export interface Served<Deps> {
  /** `METHOD /path`, or API Gateway's name for all other requests. */
  key: string;
  answer(deps: Deps, call: Call): Promise<ApiResponse>;
  /** Whether browsers get pages here, for refusals, too. */
  hasPages?: boolean;
  /** Answers refusals, even of malformed requests, in another form than problem documents; none if a problem document is right. */
  refuse?(problem: ApiError, asked: { requestId: string; wantsPage: boolean }): ApiResponse | undefined;
}

/** A route with its use case, which gets the route's checked fields. */
export const on = <R extends Route, Deps>(
  route: R,
  answer: (deps: Deps, call: CallOf<R>) => Promise<ApiResponse>,
): Served<Deps> => ({
  key: keyOf(route),
  hasPages: hasPages(route),
  answer: async (deps, call) => answer(deps, { ...call, ...parseTaken(route, call.request) }),
});

/** A route whose use case parses the request itself, and refuses in its own words. */
export const inOtherWords = <Deps>(
  route: Route,
  served: Required<Pick<Served<Deps>, 'answer' | 'refuse'>>,
): Served<Deps> => ({
  key: keyOf(route),
  hasPages: hasPages(route),
  ...served,
});

const hasPages = ({ answers }: Route): boolean => Object.values(answers).some((kinds) => kinds.includes('page'));

export type Handler = (
  event: APIGatewayProxyEventV2,
  context?: Pick<Context, 'awsRequestId'>,
) => Promise<APIGatewayProxyStructuredResultV2>;

export interface Edge {
  origin?: string | undefined;
  log: Log;
  lab?: Lab | undefined;
  clock?: () => Date;
  front?: Front | undefined;
}

/** A Lambda handler for some routes: parses the payload, runs the use case, records a refusal, and turns every outcome into HTTP. */
export function serve<Deps extends { table: Table }>(all: readonly Served<Deps>[], deps: Deps, edge: Edge): Handler {
  const { clock = () => new Date(), front = readSourceIp, lab, origin } = edge;
  const byKey = new Map(all.map((served) => [served.key, served]));
  return async (event, context) => {
    const now = clock();
    const { routeKey: route, requestId } = event.requestContext;
    // Only on Lambda, where a process handles one request at a time.
    if (context) edge.log.about?.({ requestId, lambdaRequestId: context.awsRequestId });
    const respond = (response: APIGatewayProxyStructuredResultV2, code = 'served', facts = {}) => {
      const level = response.statusCode === 500 ? 'error' : 'info';
      const ms = clock().getTime() - now.getTime();
      edge.log[level](code, { route, status: response.statusCode, requestId, ms, ...facts });
      return response;
    };
    const served = byKey.get(route.replace(/^HEAD /, 'GET '));
    try {
      const ip = await front(event);
      if (!served) throw new ApiError('not_found', 'There is no such route.');
      const note = noteFor(deps.table, { requestId, ip }, now);
      const request = parseEvent(event, ip, origin);
      const call = { request, now, body: undefined, query: undefined, note };
      return respond(render(await putOnRecord(call, () => served.answer(deps, call)), lab));
    } catch (error) {
      const problem = error instanceof ApiError ? error : ownFault(error);
      const asked = { requestId, wantsPage: acceptsPage(event) };
      // A request that bypassed the front gets one kind of answer, whatever it asked for.
      const told = problem.code === 'wrong_address' ? undefined : served?.refuse?.(problem, asked);
      return respond(
        told ? render(told, lab) : renderProblem(problem, event, { lab, origin, hasPages: served?.hasPages }),
        problem.code,
        error instanceof ApiError ? {} : faultOf(error),
      );
    }
  };
}

const noteFor = (table: Table, source: Source, now: Date) => (event: Event) => writeEvent(table, event, source, now);

/** Every refusal must be on record. If the record fails, the caller gets that fault instead. */
export async function putOnRecord<T>({ note }: Pick<Call, 'note'>, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (fault) {
    if (fault instanceof Refusal) await note(eventOf(fault));
    throw fault;
  }
}

/** The sender's address from API Gateway, if nothing is in front of it. */
const readSourceIp = async (event: APIGatewayProxyEventV2): Promise<string> => event.requestContext.http.sourceIp;

/** What a person is told about a fault that is not theirs. */
export function ownFault(error: unknown): ApiError {
  return isPassing(error)
    ? new ApiError('service_busy', 'A service behind mongogrant is busy. Ask again in a few seconds.', 5)
    : new ApiError('internal', 'Please try again. If it goes on, tell your admin the requestId.');
}
