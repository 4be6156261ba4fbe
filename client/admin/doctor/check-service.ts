import ms from 'ms';
import * as v from 'valibot';
import { replies } from '../../../shared/contract/replies';
import { checkEndpoint, trimmed } from '../../sdk/api/endpoint';
import { failureOf } from '../../sdk/api/explain-answer';
import { explainSilence } from '../../sdk/api/explain-silence';
import { checkToken, type Door, headersOf, leadsTo, parsed } from '../../sdk/api/fetch-api';
import { defined } from '../../sdk/defined';
import { isMongograntError } from '../../sdk/mongogrant-error';
import { aheadOf } from '../../sdk/service-clock';
import { type Finding, fail, ok, skipped, warn } from './finding';

export interface ServiceDeps {
  fetch: typeof fetch;
  now(): Date;
  allowHttp: boolean;
}

interface Reply {
  status: number;
  json: unknown;
  /** Milliseconds by which this machine's clock is ahead of the service's. None if nobody can tell. */
  ahead: number | undefined;
  /** Where a redirect leads. */
  to: string | undefined;
}

const timeout = 15_000;
const problem = v.object({ type: v.string(), code: v.string(), detail: v.string(), requestId: v.string() });

/** What anybody sees of a service, and what the owner of a token sees. It takes one request that every deployment answers: who am I? */
export async function checkService(deps: ServiceDeps, door: Door): Promise<Finding[]> {
  const { endpoint, token } = door;
  try {
    checkEndpoint(endpoint, deps.allowHttp);
    if (token !== undefined) checkToken(token);
  } catch (fault) {
    const said = fault instanceof Error ? fault.message : '';
    return [fail('service', said, 'mgrant login you@lab.org --endpoint https://...')];
  }
  let reply: Reply;
  try {
    reply = await whoAmI(deps, door);
  } catch (fault) {
    return [fail('service', explainFault(fault, trimmed(endpoint)), `See: curl -v ${trimmed(endpoint)}/me`)];
  }
  const service = judgeService(endpoint, reply, deps.allowHttp);
  if (service.state === 'fail') return [service];
  return [
    service,
    judgeClock(reply.ahead),
    judgeToken(door, reply, new Date(deps.now().getTime() - (reply.ahead ?? 0))),
  ];
}

async function whoAmI({ fetch, now }: ServiceDeps, { endpoint, token }: Door): Promise<Reply> {
  const response = await fetch(`${trimmed(endpoint)}/me`, {
    headers: headersOf(token),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeout),
  });
  const ahead = aheadOf(response, now());
  const json = parsed(await response.text());
  return { status: response.status, json, ahead, to: leadsTo(response, endpoint) };
}

/** A mongogrant says who you are, or refuses in its own words. */
function judgeService(endpoint: string, { status, json, to }: Reply, allowHttp: boolean): Finding {
  const { success, output } = v.safeParse(problem, json);
  const curl = `curl -v ${trimmed(endpoint)}/me`;
  if (success && status >= 500)
    return fail(
      'service',
      `${endpoint} is a mongogrant, and answers ${status} ${output.code}: ${output.detail}`,
      'Read docs/operations.md#requests-fail',
    );
  if (success || (status === 200 && v.is(replies.me, json))) {
    if (endpoint.startsWith('https:')) return ok('service', `${endpoint} is a mongogrant, and answers over TLS.`);
    return allowHttp
      ? warn(
          'service',
          `${endpoint} is a mongogrant, without TLS.`,
          'Use https: anybody on the way can read tokens and passwords.',
        )
      : ok('service', `${endpoint} is a mongogrant, on this machine.`);
  }
  if (status === 429)
    return fail(
      'service',
      `${endpoint} has too many requests (429).`,
      'Read docs/operations.md#functions-are-throttled',
    );
  if (status >= 500)
    return fail(
      'service',
      `${endpoint} answers ${status}, not in mongogrant's words.`,
      'Read docs/operations.md#requests-fail',
    );
  const stranger = failureOf({ status, json, endpoint, ...defined({ leadsTo: to }) });
  return fail('service', stranger.message, `Name the output ApiAddress of the stack with --endpoint. See: ${curl}`);
}

const tolerated = 5_000;
const tooFar = 60_000;

function judgeClock(ahead: number | undefined): Finding {
  if (ahead === undefined)
    return skipped('clock', 'The service does not tell its time.', 'Look at a clock that is right.');
  const away = Math.abs(ahead);
  if (away <= tolerated) return ok('clock', "This machine's clock and the service's agree.");
  const found = `This machine's clock is ${ms(Math.round(away / 1000) * 1000, { long: true })} ${ahead > 0 ? 'ahead of' : 'behind'} the service's.`;
  const next = 'Set it: ends of logins, and requests to AWS, are told by it (timedatectl set-ntp true).';
  return away < tooFar ? warn('clock', found, next) : fail('clock', found, next);
}

const soon = 3 * 86_400_000;

function judgeToken({ endpoint, token }: Door, { status, json }: Reply, now: Date): Finding {
  const login = `mgrant login you@lab.org --endpoint ${trimmed(endpoint)}`;
  if (token === undefined) return skipped('token', 'There is no token of yours for it.', login);
  const me = v.safeParse(replies.me, json);
  if (!me.success) {
    const refused = v.safeParse(problem, json);
    const why = refused.success ? `${refused.output.code}: ${refused.output.detail}` : `${status}`;
    return fail('token', `Your token is refused (${why})`, login);
  }
  const { email, admin, ruler, expires } = me.output;
  const left = Date.parse(expires) - now.getTime();
  const found = `${email}, ${admin ? 'an admin' : ruler ? 'a ruler' : 'a member'}, until ${expires} (${ms(left, { long: true })}).`;
  return left > soon ? ok('token', found) : warn('token', found, login);
}

/** In words of our own: those of the fault may hold what was sent. */
function explainFault(fault: unknown, endpoint: string): string {
  if (isMongograntError(fault)) return fault.message;
  const known = explainSilence(fault, { name: endpoint, host: new URL(endpoint).hostname });
  return known?.detail ?? `${endpoint} does not answer.`;
}
