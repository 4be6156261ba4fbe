import type { Secrets } from '../../shared/aws/secrets';
import { ApiError, type ErrorCode } from '../../shared/contract/errors';
import type { AuthDeps } from '../../shared/http/authenticate';
import type { Call } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import { seconds } from '../../shared/policy/time';
import { isConfirmed, type Link, readLink } from '../../shared/store/links';
import { type LinkParts, parseLink, sameHash } from '../../shared/tokens/tokens';
import { isTriedOut } from './terminal-logins';

export interface RedeemDeps extends AuthDeps {
  secrets: Pick<Secrets, 'signingKeys' | 'linkKeys'>;
  /** Lasts longer than the look at a link usually does, so that the time of an answer does not tell whether there is a link. */
  floor(): Promise<void>;
}

/** The parts of the link in a request; a 404 for one that was never mailed. */
export async function parseParts({ secrets }: RedeemDeps, { request }: Call): Promise<LinkParts> {
  const parts = parseLink(await secrets.linkKeys(), request.params.link ?? '');
  if (!parts) throw refusal('link_unknown');
  return parts;
}

/** Why a link can't be used; nothing if it can. */
export function linkProblem(link: Link | undefined, parts: LinkParts, now: Date): ErrorCode | undefined {
  if (!link || !sameHash(link.hash, parts.hash)) return 'link_unknown';
  if (link.state !== 'sent' || isConfirmed(link) || isTriedOut(link)) return 'link_used';
  return link.expiresAt <= seconds(now) ? 'link_expired' : undefined;
}

/** Refuses with the reason why the deciding write said no. */
export async function refuseUse({ table }: RedeemDeps, parts: LinkParts, now: Date): Promise<never> {
  const { email, id } = parts;
  const link = await readLink(table, parts);
  const code = linkProblem(link, parts, now) ?? 'link_used';
  throw new Refusal(refusalOf(code, parts, link), { act: 'redeem_refused', email, link: id });
}

const details: Partial<Record<ErrorCode, string>> = {
  link_unknown:
    'Look whether the whole address of the mail was opened. Links are forgotten a week after they end. Ask for a new link.',
  link_used:
    'Each link gives one token, and this one has given its own. If that was you, you have your token already. If it was not, ask your admin to revoke your tokens. To get another token, ask for a new link.',
  link_expired: 'A link ends a few minutes after it was sent, and nobody had used this one. Ask for a new link.',
};

const loginDetails: Partial<Record<ErrorCode, string>> = {
  link_unknown: 'This login was never asked for, or is long over.',
  link_used: 'This login is over: its code was typed, or five wrong ones were.',
  link_expired: 'A login ends a few minutes after it was asked for, and nobody typed the code of this one in time.',
};

/** Why a genuine link can't be used, as its owner should hear it. */
export function refusalOf(code: ErrorCode, { terminal, email }: LinkParts, link: Link | undefined): ApiError {
  if (!terminal) return refusal(code, email);
  return code === 'link_used' && link && isConfirmed(link) ? loginDone() : loginRefusal(code, email);
}

/** `owner`: the address to which the link was mailed; unknown if the link is not genuine. */
export const refusal = (code: ErrorCode, owner?: string): ApiError =>
  new ApiError(code, details[code] ?? '', undefined, { owner, mayAsk: true });

export const loginRefusal = (code: ErrorCode, terminalLogin?: string): ApiError =>
  new ApiError(code, `${loginDetails[code]} Begin it again in your terminal.`, undefined, { terminalLogin });

const loginDone = (): ApiError =>
  new ApiError(
    'link_used',
    'The right code was typed, and your terminal goes on by itself. You can close this page. If that was not you, ask your admin at once to revoke your tokens.',
    undefined,
    { heading: 'This login is done' },
  );
