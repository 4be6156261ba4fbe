import { inputs, parseBody } from '../../shared/api';
import { ApiError } from '../../shared/errors';
import { faultOf } from '../../shared/fault-of';
import type { ApiResponse } from '../../shared/http';
import type { Log } from '../../shared/log';
import { linkMail } from '../../shared/mail-text';
import type { SendMail } from '../../shared/mailer';
import { callerOf } from '../../shared/names';
import { expired, type Rule, type Unreadable } from '../../shared/policy';
import { reportUnreadable } from '../../shared/report-unreadable';
import type { ApiRequest } from '../../shared/request';
import type { Secrets } from '../../shared/secrets';
import type { Settings } from '../../shared/settings';
import { type Act, writeEvent } from '../../shared/store/audit';
import { countRequest, putLink, readSentLinks, recordSentLink, type SentLinks } from '../../shared/store/links';
import { readRuler } from '../../shared/store/rulers';
import { rulesFor } from '../../shared/store/rules';
import type { Table } from '../../shared/store/table';
import { seconds } from '../../shared/time';
import { newLink, type SigningKeys } from '../../shared/tokens';

export interface RequestLinkDeps {
  table: Table;
  secrets: Pick<Secrets, 'linkKeys'>;
  sendMail: SendMail;
  settings: Settings;
  log: Log;
  /** Lasts longer than the work usually does: no answer leaves before, so that its time tells nothing. */
  floor(): Promise<void>;
}

/** `POST /links`: mails a link to an address that a rule or a setting knows. The answer is the same for every address. */
export async function requestLink(deps: RequestLinkDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const { email } = parseBody(inputs.link, request);
  const [outcome] = await Promise.allSettled([mailLink(deps, request, email, now), deps.floor()]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return { status: 202, json: { msg: 'If this address may use mongogrant, a link is on its way to its mailbox.' } };
}

async function mailLink(deps: RequestLinkDeps, request: ApiRequest, email: string, now: Date): Promise<void> {
  const { table, settings } = deps;
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
  const refusal = known ? tooSoon(sent, settings, now) : 'not_allowed';
  try {
    if (refusal) await writeEvent(table, { act: 'link_refused', email, reason: refusal }, request, now);
    else await sendLink(deps, request, { email, sent, linkKeys }, now);
  } catch (error) {
    // From here on a failure must look like a success: it happens to known addresses only.
    deps.log.error('link_failed', { requestId: request.requestId, ...faultOf(error) });
  }
}

async function sendLink(
  deps: RequestLinkDeps,
  request: ApiRequest,
  to: { email: string; sent: SentLinks | undefined; linkKeys: SigningKeys },
  now: Date,
): Promise<void> {
  const { table, sendMail, settings } = deps;
  const { email, sent, linkKeys } = to;
  const link = newLink(linkKeys, email);
  const expiresAt = seconds(now) + settings.linkTtl;
  const note = (act: Act, reason?: string) =>
    writeEvent(table, { act, email, link: link.id, ...(reason && { reason }) }, request, now);
  const [mayBeSent] = await Promise.all([
    recordSentLink(table, email, sent, counted(sent, now)),
    putLink(table, { ...link, expiresAt }),
    note('link_sent'),
  ]);
  if (!mayBeSent) return note('link_refused', 'too_soon');
  const url = `${request.origin}/links/${link.link}`;
  const { origin, ip: requestedFrom, userAgent } = request;
  try {
    await sendMail({
      to: email,
      ...linkMail({ email, url, expires: new Date(expiresAt * 1000), requestedFrom, userAgent, origin }, now),
    });
  } catch (error) {
    await note('link_failed', 'mail_failed');
    throw error;
  }
}

/** Mail goes only to people who could do something with it, so that it can't be used against strangers. */
function isKnown(rules: (Rule | Unreadable)[], email: string, settings: Settings, now: Date): boolean {
  return (
    settings.admins.includes(email) ||
    rules.some((rule) => !('unreadable' in rule) && rule.which === 'allow' && !expired(rule, seconds(now)))
  );
}

const dayOf = (now: Date): string => now.toISOString().slice(0, 10);

function tooSoon(sent: SentLinks | undefined, settings: Settings, now: Date): string | undefined {
  if (!sent) return undefined;
  if (seconds(now) < sent.sentAt + settings.linkCooldown) return 'too_soon';
  return sent.day === dayOf(now) && sent.count >= settings.linksPerDay ? 'too_many_today' : undefined;
}

function counted(sent: SentLinks | undefined, now: Date): SentLinks {
  const day = dayOf(now);
  return { sentAt: seconds(now), day, count: sent?.day === day ? sent.count + 1 : 1 };
}
