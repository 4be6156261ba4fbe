import { inputs, parseBody } from '../../shared/api';
import { ApiError } from '../../shared/errors';
import { faultOf } from '../../shared/fault-of';
import type { ApiResponse } from '../../shared/http';
import type { Log } from '../../shared/log';
import type { SendMail } from '../../shared/mailer';
import { callerOf } from '../../shared/names';
import { expired, type Rule, type Unreadable } from '../../shared/policy';
import { reportUnreadable } from '../../shared/report-unreadable';
import type { ApiRequest } from '../../shared/request';
import type { Secrets } from '../../shared/secrets';
import type { Settings } from '../../shared/settings';
import { writeEvent } from '../../shared/store/audit';
import { countRequest, readSentLinks } from '../../shared/store/links';
import { readRuler } from '../../shared/store/rulers';
import { rulesFor } from '../../shared/store/rules';
import type { Table } from '../../shared/store/table';
import { seconds } from '../../shared/time';
import { type MadeLink, makeLink, type Wish } from './new-link';
import { sendLink } from './send-link';
import { tooSoon } from './too-soon';

export interface RequestLinkDeps {
  table: Table;
  secrets: Pick<Secrets, 'linkKeys'>;
  sendMail: SendMail;
  settings: Settings;
  log: Log;
  /** Lasts longer than the work usually does: no answer leaves before, so that its time tells nothing. */
  floor(): Promise<void>;
}

/** Seconds from one poll of a terminal to its next. */
const interval = 3;

/** `POST /links`: mails a link to an address that a rule or a setting knows. The answer is the same for every address. */
export async function requestLink(deps: RequestLinkDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { made } = await mailLink(deps, request, parseBody(inputs.link, request), now);
  const msg = 'If this address may use mongogrant, a link is on its way to its mailbox.';
  if (!made.login) return { status: 202, json: { msg } };
  return { status: 202, json: { msg: `${msg} Open it and type the code there.`, ...made.login, interval } };
}

/** Mails a link, or does not: the caller hears of it no sooner than after the floor. */
export async function mailLink(
  deps: RequestLinkDeps,
  request: ApiRequest,
  wish: Wish,
  now: Date,
): Promise<{ made: MadeLink; known: boolean }> {
  const [outcome] = await Promise.allSettled([mailIfKnown(deps, request, wish, now), deps.floor()]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function mailIfKnown(deps: RequestLinkDeps, request: ApiRequest, wish: Wish, now: Date) {
  const { table, settings } = deps;
  const { email } = wish;
  const [rules, ruler, sent, calm, linkKeys] = await Promise.all([
    rulesFor(table, email),
    readRuler(table, email),
    readSentLinks(table, email),
    countRequest(table, callerOf(request.ip), settings.linksPerHourPerIp, now),
    deps.secrets.linkKeys(),
  ]);
  if (!calm)
    throw new ApiError(
      'too_many_requests',
      'Too many links were asked for from your address. Try again in an hour.',
      3600 - (seconds(now) % 3600),
    );
  reportUnreadable(deps.log, ruler ? [...rules, ruler] : rules, request.requestId);
  const known = ruler !== undefined || isKnown(rules, email, settings, now);
  const made = makeLink(linkKeys, wish, seconds(now) + settings.linkTtl, request);
  const refusal = known ? tooSoon(sent, settings, wish.terminal, now) : 'not_allowed';
  try {
    if (refusal) await writeEvent(table, { act: 'link_refused', email, reason: refusal }, request, now);
    else await sendLink(deps, request, made, sent, now);
  } catch (error) {
    // From here on a failure must look like a success: it happens to known addresses only.
    deps.log.error('link_failed', { requestId: request.requestId, ...faultOf(error) });
  }
  return { made, known };
}

/** Mail goes only to people who could do something with it, so that it can't be used against strangers. */
function isKnown(rules: (Rule | Unreadable)[], email: string, settings: Settings, now: Date): boolean {
  return (
    settings.admins.includes(email) ||
    rules.some((rule) => !('unreadable' in rule) && rule.which === 'allow' && !expired(rule, seconds(now)))
  );
}
