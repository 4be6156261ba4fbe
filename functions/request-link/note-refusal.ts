import type { ApiRequest } from '../../shared/http/request';
import { writeEvent } from '../../shared/store/audit';
import type { RequestLinkDeps } from './request-link-deps';

/** The reason where a domain has had its mails of the hour. */
export const tooManyNew = 'too_many_new_addresses';

/** Puts it on record that a link is not sent. (infra/alarms.ts waits for the code in the log.) */
export async function noteRefusal(
  { table, log }: Pick<RequestLinkDeps, 'table' | 'log'>,
  request: ApiRequest,
  refused: { email: string; reason: string; link?: string },
  now: Date,
): Promise<void> {
  const { email, reason } = refused;
  if (reason === tooManyNew)
    log.warn('new_addresses_capped', {
      requestId: request.requestId,
      domain: email.slice(email.lastIndexOf('@') + 1),
    });
  await writeEvent(table, { act: 'link_refused', ...refused }, request, now);
}
