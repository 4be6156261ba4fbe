import { inputs, parse } from '../../shared/api';
import { type AuthDeps, issuerOf } from '../../shared/authenticate';
import { ApiError, type ErrorCode } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import { redeemPage, tokenPage } from '../../shared/page';
import type { ApiRequest } from '../../shared/request';
import { writeEvent } from '../../shared/store/audit';
import { type Link, readLink, redeemLink as spendLink } from '../../shared/store/links';
import { iso, seconds } from '../../shared/time';
import { type LinkParts, parseLink, sameHash, signToken } from '../../shared/tokens';

/** `GET` and `HEAD /links/{link}`: the page with the button. Never spends the link. */
export async function showLink({ table }: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const parts = partsOf(request);
  const link = await readLink(table, parts);
  if (!link || problemOf(link, parts, now)) throw refusal(problemOf(link, parts, now) ?? 'link_unknown');
  return { status: 200, page: redeemPage({ email: link.email, expires: iso(link.expiresAt) }) };
}

/** `POST /links/{link}`: the token, to one request only. */
export async function redeemLink(deps: AuthDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parse(inputs.nothing, request.body);
  const parts = partsOf(request);
  const { table, secrets, settings, stackName } = deps;
  const { email, id } = parts;
  const issuedAt = seconds(now);
  const expiresAt = issuedAt + settings.tokenTtl;
  // Before the link is spent: without the keys there would be no token to show for it.
  const keys = await secrets.signingKeys();
  const [redeemed] = await Promise.all([
    spendLink(table, parts, { expiresAt, requestId: request.requestId, now: issuedAt }),
    writeEvent(table, { act: 'redeeming', email, link: id }, request, now),
  ]);
  if (!redeemed) await explainRefusal(deps, request, parts, now);
  const token = signToken(keys, issuerOf(stackName), { email, id, issuedAt, expiresAt });
  const issued = { token, email, expires: iso(expiresAt) };
  return request.wantsPage
    ? { status: 200, page: tokenPage({ ...issued, origin: request.origin }) }
    : { status: 200, json: issued };
}

/** Throws why a link was not redeemed; returns if it was, by this very request, and only the answer to the write got lost. */
async function explainRefusal({ table }: AuthDeps, request: ApiRequest, parts: LinkParts, now: Date): Promise<void> {
  const link = await readLink(table, parts);
  if (link?.redeemedBy === request.requestId) return;
  const code = problemOf(link, parts, now) ?? 'link_used';
  await writeEvent(table, { act: 'redeem_refused', email: parts.email, link: parts.id, reason: code }, request, now);
  throw refusal(code);
}

function partsOf(request: ApiRequest): LinkParts {
  const parts = parseLink(request.params.link ?? '');
  if (!parts) throw refusal('link_unknown');
  return parts;
}

function problemOf(link: Link | undefined, parts: LinkParts, now: Date): ErrorCode | undefined {
  if (!link || !sameHash(link.hash, parts.hash)) return 'link_unknown';
  if (link.state !== 'sent') return 'link_used';
  return link.expiresAt <= seconds(now) ? 'link_expired' : undefined;
}

const details: Partial<Record<ErrorCode, string>> = {
  link_unknown: 'Look whether the whole address of the mail was opened. Links are forgotten a week after they end.',
  link_used:
    'Each link gives one token, and this one has given its own. If that was not you, ask your admin to revoke your tokens.',
  link_expired: 'A link ends a few minutes after it was sent, and nobody had used this one.',
};

const refusal = (code: ErrorCode): ApiError =>
  new ApiError(code, `${details[code]} Ask for a new one with POST /links.`);
