import { linkMail } from '../../shared/mail-text';
import type { ApiRequest } from '../../shared/request';
import { type Act, writeEvent } from '../../shared/store/audit';
import { putLink, recordSentLink, type SentLinks } from '../../shared/store/links';
import type { MadeLink } from './new-link';
import type { RequestLinkDeps } from './request-link';
import { counted } from './too-soon';

/** Keeps a link and mails it, unless another one went to this address since `sent` was read. */
export async function sendLink(
  { table, sendMail }: RequestLinkDeps,
  request: ApiRequest,
  { link, expiresAt, fields }: MadeLink,
  sent: SentLinks | undefined,
  now: Date,
): Promise<void> {
  const { email, id, terminal } = link;
  const note = (act: Act, reason?: string) =>
    writeEvent(table, { act, email, link: id, ...(reason && { reason }) }, request, now);
  const [mayBeSent] = await Promise.all([
    recordSentLink(table, email, sent, counted(sent, terminal, now)),
    putLink(table, { ...link, expiresAt }, fields),
    note(terminal ? 'terminal_link_sent' : 'link_sent'),
  ]);
  if (!mayBeSent) return note('link_refused', 'too_soon');
  const { origin, ip: requestedFrom, userAgent } = request;
  const url = `${origin}/links/${link.link}`;
  const expires = new Date(expiresAt * 1000);
  try {
    await sendMail({
      to: email,
      ...linkMail({ email, url, expires, requestedFrom, userAgent, terminal, origin }, now),
    });
  } catch (error) {
    await note('link_failed', 'mail_failed');
    throw error;
  }
}
