import { together } from '../../shared/async/together';
import { issuerOf } from '../../shared/http/authenticate';
import type { Call } from '../../shared/http/call';
import { iso, seconds } from '../../shared/policy/time';
import { signToken } from '../../shared/tokens/fetch-tokens';
import type { RedeemDeps } from './link-state';

/** When a token is issued, and when it ends, in seconds since 1970. */
export interface TokenTimes {
  expiresAt: number;
  now: number;
}

/** The token of a link, if the deciding write says that it is this request's; nothing otherwise. */
export async function issueToken(
  deps: RedeemDeps,
  { note, now }: Call,
  { email, id, decide }: { email: string; id: string; decide: (times: TokenTimes) => Promise<boolean> },
): Promise<{ token: string; email: string; expires: string } | undefined> {
  const { secrets, settings, stackName } = deps;
  const issuedAt = seconds(now);
  const expiresAt = issuedAt + settings.tokenTtl;
  // Before the link is spent: without the keys there would be no token to show for it.
  const keys = await secrets.signingKeys();
  const [decided] = await together([decide({ expiresAt, now: issuedAt }), note({ act: 'redeeming', email, link: id })]);
  if (!decided) return undefined;
  const token = signToken(keys, issuerOf(stackName), { email, id, issuedAt, expiresAt });
  return { token, email, expires: iso(expiresAt) };
}
