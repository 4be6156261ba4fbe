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

/** The token of a link, if the deciding write gives it to this request; otherwise none. */
export async function issueToken(
  deps: RedeemDeps,
  { note, now }: Call,
  { email, id, decide }: { email: string; id: string; decide: (times: TokenTimes) => Promise<boolean> },
): Promise<{ token: string; email: string; expires: string } | undefined> {
  const { secrets, settings, stackName } = deps;
  const issuedAt = seconds(now);
  const expiresAt = issuedAt + settings.tokenTtl;
  // Read before the link is spent: without the keys the link would be lost and no token made.
  const keys = await secrets.signingKeys();
  const [decided] = await together([decide({ expiresAt, now: issuedAt }), note({ act: 'redeeming', email, link: id })]);
  if (!decided) return undefined;
  const token = signToken(keys, issuerOf(stackName), { email, id, issuedAt, expiresAt });
  return { token, email, expires: iso(expiresAt) };
}
