import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { FunctionName, Route } from '../shared/contract/route';
import { allRoutes, fallback, methodsAt } from '../shared/contract/routes';
import { gatewayEvent, parseTarget } from './gateway-event';
import { type GatewayResponse, gatewayResponse, ownAnswer } from './gateway-response';
import { bindListener, type Listening, onLoopback } from './loopback';

export type Handler = (event: APIGatewayProxyEventV2) => Promise<unknown>;
export type Handlers = Record<FunctionName, Handler>;

export interface Gateway extends Listening {
  /** Sends requests to these functions. Earlier requests wait for this, so everybody who finds the port open gets an answer. */
  serve(handlers: Handlers): void;
}

export interface GatewayOptions {
  port: number;
  /** All routes if left out. */
  routes?: readonly Route[];
  /** How many milliseconds a function may take. */
  timeLimit?: number;
  /** Is told of a function that threw or took too long. */
  report?: (name: FunctionName, fault: unknown) => void;
}

const mostBodyBytes = 10 * 1024 * 1024;
const seconds30 = 30_000;

/** Stands in for API Gateway on this machine, with the stack's routes, the same payloads and the same limits. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port, routes = allRoutes, timeLimit = seconds30, report = logFault } = options;
  let begin: (handlers: Handlers) => void = () => {};
  let handlers = new Promise<Handlers>((resolve) => {
    begin = resolve;
  });
  const answer = async (request: IncomingMessage): Promise<GatewayResponse> => {
    const body = await readBody(request);
    if (!body) return ownAnswer(413, 'Request Entity Too Large');
    const target = parseTarget(request.url ?? '/');
    if (!target) return ownAnswer(400, 'Bad Request');
    const functions = await handlers;
    const { routeKey, name, pathParameters } = match(request.method ?? 'GET', target.path, routes);
    const event = gatewayEvent({ message: request, body, target, routeKey, pathParameters, now: new Date() });
    try {
      const result = await within(timeLimit, functions[name](event));
      if (result === late) report(name, new Error(`took more than ${timeLimit / 1000} s`));
      return result === late ? ownAnswer(503, 'Service Unavailable') : gatewayResponse(result);
    } catch (error) {
      report(name, error);
      return ownAnswer(500, 'Internal Server Error');
    }
  };
  const listening = await onLoopback(
    port,
    'PORT',
    bindListener((request, response) => {
      answer(request).then(
        (result) => send(request, response, result),
        () => response.destroy(),
      );
    }),
  );
  return {
    ...listening,
    serve(given) {
      begin(given);
      handlers = Promise.resolve(given);
    },
  };
}

/** The most specific route wins: exact paths before `{variables}`, and `$default` last. */
export function match(method: string, path: string, routes = allRoutes) {
  const segments = path.split('/');
  const fitting = routes
    .filter((route) => methodsAt(route).some((one) => one === method))
    .flatMap((route) => {
      const pathParameters = parametersOf(route.path.split('/'), segments);
      return pathParameters ? [{ routeKey: `${method} ${route.path}`, name: route.function, pathParameters }] : [];
    });
  const fewestVariables = fitting.sort(
    (a, b) => Object.keys(a.pathParameters).length - Object.keys(b.pathParameters).length,
  );
  return fewestVariables[0] ?? { routeKey: fallback.key, name: fallback.function, pathParameters: {} };
}

function parametersOf(template: string[], segments: string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    const variable = /^\{(\w+)\}$/.exec(part)?.[1];
    if (variable ? segment === '' : segment !== part) return undefined;
    if (variable) parameters[variable] = segment;
  }
  return parameters;
}

/** The whole body; none if it is larger than API Gateway allows. Even then it is read to the end, so that the client gets the answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= mostBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > mostBodyBytes ? undefined : Buffer.concat(chunks);
}

const late = Symbol('late');

async function within(limit: number, work: Promise<unknown>): Promise<unknown> {
  const done = new AbortController();
  try {
    return await Promise.race([work, sleep(limit, late, { signal: done.signal })]);
  } finally {
    done.abort();
  }
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: GatewayResponse): void {
  response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
}

function logFault(name: FunctionName, fault: unknown): void {
  console.error(`${name} failed:`, fault);
}
