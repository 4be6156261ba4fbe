import type { Call } from '../../shared/http/call';
import type { RequestLinkDeps } from './request-link-deps';

/** The reason when a domain has used up its mails for the hour. */
export const tooManyNew = 'too_many_new_addresses';

/** Records that a link is not sent. (infra/alarms.ts waits for the code in the log.) */
export async function noteRefusal(
  { log }: Pick<RequestLinkDeps, 'log'>,
  { request, note }: Call,
  refused: { email: string; reason: string; link?: string },
): Promise<void> {
  const { email, reason } = refused;
  if (reason === tooManyNew)
    log.warn('new_addresses_capped', {
      requestId: request.requestId,
      domain: email.slice(email.lastIndexOf('@') + 1),
    });
  await note({ act: 'link_refused', ...refused });
}
