import { faultOf } from '../../shared/aws/fault-of';
import type { Settings } from '../../shared/aws/settings';
import { callerOf } from '../../shared/contract/names';
import type { requestLinkRoute } from '../../shared/contract/routes/request-link';
import type { Call, CallOf } from '../../shared/http/call';
import type { ApiResponse } from '../../shared/http/render';
import { seconds } from '../../shared/policy/time';
import { limitsFor } from './limits-for';
import { mailedPage } from './mailed-page';
import { type MadeLink, makeLink, type Wish } from './new-link';
import { noteRefusal, tooManyNew } from './note-refusal';
import { type Asked, isInvented, readAsked, tooManyRequests } from './read-asked';
import type { RequestLinkDeps } from './request-link-deps';
import { sendLink } from './send-link';
import { tooSoon } from './sent-links';

/** Seconds between two polls of a terminal. */
const interval = 3;

/** `POST /links`: mails a link to an address that a rule or a setting knows. The answer is the same for every address. */
export async function requestLink(deps: RequestLinkDeps, call: CallOf<typeof requestLinkRoute>): Promise<ApiResponse> {
  const { made } = await mailLink(deps, call, call.body);
  const msg = 'If this address may use mongogrant, a link is on its way to its mailbox.';
  if (made.login)
    return { status: 202, json: { msg: `${msg} Open it and type the code there.`, ...made.login, interval } };
  return call.request.wantsPage
    ? { status: 202, page: mailedPage(call.body.email, msg) }
    : { status: 202, json: { msg } };
}

/**
 * Mails a link, or does not; the caller hears nothing before the floor. A source known to have no requests left is refused at once: nothing
 * is read, so the answer tells nothing, and a flood holds no function.
 */
export async function mailLink(
  deps: RequestLinkDeps,
  call: Call,
  wish: Wish,
): Promise<{ made: MadeLink; known: boolean }> {
  if (deps.spent.has(callerOf(call.request.ip), call.now)) throw tooManyRequests(call.now);
  const [outcome] = await Promise.allSettled([mailIfKnown(deps, call, wish), deps.floor()]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function mailIfKnown(deps: RequestLinkDeps, call: Call, wish: Wish) {
  const { settings } = deps;
  const { request, now } = call;
  const { email, terminal } = wish;
  const asked = await readAsked(deps, call, email);
  const made = makeLink(asked.linkKeys, wish, { expiresAt: seconds(now) + settings.linkTtl, asker: request });
  const limits = limitsFor(settings, terminal);
  const refusal = whyNot(asked, settings, tooSoon(asked.sent, { ...limits, email, ip: request.ip, now }));
  try {
    if (refusal) await noteRefusal(deps, call, { email, reason: refusal });
    else await sendLink(deps, call, { made, asked, limits });
  } catch (error) {
    // From here on a failure must look like a success, as it happens only to known addresses.
    deps.log.error('link_failed', { requestId: request.requestId, ...faultOf(error) });
  }
  return { made, known: asked.knownBy !== undefined };
}

/** Why no link is sent; nothing if one may be. */
function whyNot(asked: Asked, settings: Settings, tooSoon: string | undefined): string | undefined {
  if (!asked.knownBy) return 'not_allowed';
  if (asked.undelivered) return asked.undelivered;
  if (tooSoon) return tooSoon;
  return isInvented(asked) && asked.newAddresses >= settings.newAddressesPerDomainPerHour ? tooManyNew : undefined;
}
