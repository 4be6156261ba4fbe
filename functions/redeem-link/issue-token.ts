import { together } from '../../shared/async/together';
import { issuerOf } from '../../shared/http/authenticate';
import type { ApiRequest } from '../../shared/http/request';
import { iso, seconds } from '../../shared/policy/time';
import { writeEvent } from '../../shared/store/audit';
import { signToken } from '../../shared/tokens/fetch-tokens';
import type { RedeemDeps } from './link-state';

/** The token of a link, if the deciding write says that it is this request's; nothing otherwise. */
export async function issueToken(
  deps: RedeemDeps,
  request: ApiRequest,
  { email, id }: { email: string; id: string },
  decide: (times: { expiresAt: number; now: number }) => Promise<boolean>,
  now: Date,
): Promise<{ token: string; email: string; expires: string } | undefined> {
  const { table, secrets, settings, stackName } = deps;
  const issuedAt = seconds(now);
  const expiresAt = issuedAt + settings.tokenTtl;
  // Before the link is spent: without the keys there would be no token to show for it.
  const keys = await secrets.signingKeys();
  const [decided] = await together([
    decide({ expiresAt, now: issuedAt }),
    writeEvent(table, { act: 'redeeming', email, link: id }, request, now),
  ]);
  if (!decided) return undefined;
  const token = signToken(keys, issuerOf(stackName), { email, id, issuedAt, expiresAt });
  return { token, email, expires: iso(expiresAt) };
}
