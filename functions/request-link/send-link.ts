import { together } from '../../shared/async/together';
import { MailNotTaken } from '../../shared/aws/mailer';
import type { Call } from '../../shared/http/call';
import { labOf } from '../../shared/http/lab';
import type { Act } from '../../shared/store/audit';
import { putLink } from '../../shared/store/links';
import { linkMail } from './mail-text';
import { countNewAddress, uncountNewAddress } from './new-addresses';
import type { MadeLink } from './new-link';
import { noteRefusal, tooManyNew } from './note-refusal';
import { type Asked, isInvented } from './read-asked';
import type { RequestLinkDeps } from './request-link-deps';
import { countLink, type LinkLimits, uncountLink } from './sent-links';

interface Sending {
  made: MadeLink;
  asked: Asked;
  limits: LinkLimits;
}

/** Stores a link and mails it, if the counts still allow it. */
export async function sendLink(deps: RequestLinkDeps, call: Call, sending: Sending): Promise<void> {
  const { link, expiresAt, fields } = sending.made;
  const { email, id, terminal } = link;
  const note = (act: Act, reason?: string) => call.note({ act, email, link: id, ...(reason && { reason }) });
  const [{ refusal, giveBack }] = await together([
    count(deps, call, sending),
    putLink(deps.table, { ...link, expiresAt }, fields),
    note(terminal ? 'terminal_link_sent' : 'link_sent'),
  ]);
  if (refusal) {
    await together([giveBack(), noteRefusal(deps, call, { email, reason: refusal, link: id })]);
    return;
  }
  try {
    await mail(deps, call, sending.made);
  } catch (error) {
    // If it is unclear whether SES took the mail, it counts: a slow SES must not lift the limits.
    await together([note('link_failed', 'mail_failed'), error instanceof MailNotTaken && giveBack()]);
    throw error;
  }
}

/** Checks every count. `giveBack` undoes the counting. */
async function count({ table, settings }: RequestLinkDeps, { request, now }: Call, { made, asked, limits }: Sending) {
  const { email } = made.link;
  const { ip } = request;
  const isCapped = isInvented(asked);
  const [counted, hasRoom] = await together([
    countLink(table, asked.sent, { ...limits, email, ip, now }),
    !isCapped || countNewAddress(table, email, { limit: settings.newAddressesPerDomainPerHour, now }),
  ]);
  const giveBack = () =>
    together([
      counted && uncountLink(table, { email, ip, now }),
      isCapped && hasRoom && uncountNewAddress(table, email, now),
    ]);
  return { refusal: counted ? (hasRoom ? undefined : tooManyNew) : 'too_soon', giveBack };
}

function mail({ sendMail, settings }: RequestLinkDeps, { request, now }: Call, { link, expiresAt }: MadeLink) {
  const { email, id, terminal } = link;
  const { origin, ip: requestedFrom, userAgent } = request;
  const url = `${origin}/links/${link.link}`;
  const expires = new Date(expiresAt * 1000);
  const lab = labOf(settings);
  const text = linkMail({ email, id, url, expires, requestedFrom, userAgent, terminal, origin, lab }, now);
  return sendMail({ to: email, ...text });
}
