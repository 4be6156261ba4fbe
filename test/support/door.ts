import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { keyOf, type Route } from '../../shared/contract/route';
import { type OwnRouteKey, type RouteKey, routes } from '../../shared/contract/routes';
import { serve } from '../../shared/http/serve';
import type { Item } from '../../shared/store/table';
import { newTicket } from '../../shared/tokens/tickets';
import { keepPromises } from './keep-promises';
import { type Ask, allItems, eventOf, linkIn, openStage, type Stage } from './stage';
import { useCases } from './use-cases';

/** What a route takes, and where, with one request that it would serve. */
interface Door {
  fields: string[];
  where: 'body' | 'query' | 'path';
  valid: Record<string, string>;
  /** Whether it answers without a token. */
  open: boolean;
}

const grant = { host: 'h.lab.org', db: 'fw', role: 'read' };
const rule = { ...grant, email: '*@lab.org', which: 'allow' };
const ruler = { email: 'ruler@lab.org', hosts: 'all', dbs: 'all', emails: 'all', which: 'all' };

/** What each route but those of the Python server would serve: one that is added without a line here does not compile. */
const samples: Record<OwnRouteKey, Record<string, string>> = {
  'GET /': {},
  'POST /links': { email: 'nobody@nowhere.org' },
  'GET /links/{link}': {},
  'POST /links/{link}': {},
  'POST /links/poll': { poll: 'unknown' },
  'POST /grants': grant,
  'POST /grants/renew': grant,
  'GET /renewals/{ticket}': {},
  'POST /renewals/{ticket}': {},
  'GET /grants': {},
  'GET /me': {},
  'DELETE /grants': {},
  'DELETE /tokens': {},
  'GET /rules': {},
  'PUT /rules': rule,
  'DELETE /rules': rule,
  'GET /rules/why': grant,
  'GET /rulers': {},
  'PUT /rulers': ruler,
  'DELETE /rulers': { email: ruler.email },
  'GET /audit': {},
};

export const everyRoute: OwnRouteKey[] = routes.map((route) => keyOf(route));

/** The routes' doors, as the routes themselves say. */
export const doors = Object.fromEntries(routes.map((route: Route) => [keyOf(route), doorOf(route)])) as Record<
  OwnRouteKey,
  Door
>;

function doorOf(route: Route): Door {
  const { path, body, query, open = false } = route;
  const where = path.includes('{') ? 'path' : body ? 'body' : 'query';
  const fields = where === 'path' ? [] : Object.keys((body ?? query)?.entries ?? {});
  return { fields, where, valid: samples[keyOf(route) as OwnRouteKey], open };
}

export const closedRoutes: OwnRouteKey[] = everyRoute.filter((route) => !doors[route].open);

export interface Reply {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  code?: string;
  detail: string;
}

/** A stage with an admin, a member with one rule and one grant, and one unused link of the admin's. */
export async function openDoor() {
  const stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000, linksPerHourPerIp: 1_000_000 });
  const admin = await stage.tokenFor('admin@example.com');
  const own = { host: stage.host, db: 'fw', role: 'read' };
  await stage.ask('PUT', '/rules', { token: admin, body: { ...own, email: 'you@example.com', which: 'allow' } });
  const member = await stage.tokenFor('you@example.com');
  const { json: held } = await stage.ask('POST', '/grants', { token: member, body: own });
  await stage.ask('POST', '/links', { body: { email: 'admin@example.com' } });
  const mail = stage.mails.at(-1);
  if (!mail) throw new Error('no mail for the admin');
  const link = linkIn(mail);
  const secrets = [admin, member, held.password, link.slice('/links/'.length), 'k'.repeat(64), 'l'.repeat(64)];
  return { stage, admin, member, link, secrets: [...secrets, stage.admin.password, marker] };
}

/** Stands in what is sent wherever a caller might put a secret by mistake. */
export const marker = 'hunter2';

/** The event of a request to this route; the link of one is the unused one, unless another is asked for. */
/** One that could be, and was never mailed. */
const { ticket: unknownTicket } = newTicket('you@example.com');

export function eventAt(
  { stage, link }: { stage: Stage; link: string },
  route: RouteKey,
  ask: Ask & { query?: string },
): APIGatewayProxyEventV2 {
  const [method = '', path = ''] = route.split(' ');
  const target = path.replace('/links/{link}', link).replace('{ticket}', unknownTicket);
  return eventOf(method, `${target}?${ask.query ?? ''}`, ask, stage.clock.now);
}

/** Hands any event to the real handlers. */
export async function send({ deps, clock }: Stage, event: APIGatewayProxyEventV2): Promise<Reply> {
  const handler = keepPromises(serve(useCases, deps, { log: deps.log, clock: () => clock.now }));
  const { statusCode: status = 0, headers = {}, body: text = '' } = await handler(event);
  const { code, detail = '' } = text.startsWith('{') ? JSON.parse(text) : {};
  return { status, headers, text, code, detail };
}

/** All that the table holds, in a fixed order; without the counters of source addresses and what was only noted. */
export async function kept(which: 'all' | 'state' = 'all'): Promise<Item[]> {
  const items = await allItems();
  const left = which === 'all' ? items : items.filter(({ pk }) => !/^((ip|audit|sweeps)#|events$)/.test(String(pk)));
  return left.toSorted((a, b) => (`${a.pk} ${a.sk}` < `${b.pk} ${b.sk}` ? -1 : 1));
}

/** What of the secrets can be found in the log. */
export const leaked = ({ logged }: Stage, secrets: string[]): string[] =>
  secrets.filter((secret) => JSON.stringify(logged).includes(secret));

export const invalid = [400, 'invalid_request'] as const;
export const large = [413, 'body_too_large', /8192 bytes/] as const;

/** That it is a problem document with this status and code, whose detail says this; `what` tells which of many requests it was. */
export function refused(what: unknown[], reply: Reply, status: number, code: string, detail: string | RegExp): void {
  const type = reply.headers['content-type'];
  expect([...what, reply.status, reply.code, type]).toEqual([...what, status, code, 'application/problem+json']);
  expect([...what, reply.detail]).toEqual([...what, expect.stringMatching(detail)]);
}

/** Texts that no field of any route may hold. */
export const noName = [
  '\0',
  'a\0',
  '\n',
  'a\r\nb',
  '\t',
  ' a',
  'a b',
  '../a',
  'a/../b',
  '..\\a',
  '%2e%2e%2f',
  '$ne',
  '{$gt:""}',
  'a;b',
  "a'b",
  'a"b',
  'a<b>',
  'ａ',
  'а',
  '\u212a',
  'é',
  'e\u0301',
  'a\u200b',
  '\u202ea',
  '\ufeffa',
  'ﬁ',
  '①',
  '😀',
  '*a',
  'a**',
  'x'.repeat(300),
  'x'.repeat(8000),
];
