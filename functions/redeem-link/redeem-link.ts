import { inputs, parse } from '../../shared/api';
import { type AuthDeps, issuerOf } from '../../shared/authenticate';
import { ApiError, type ErrorCode } from '../../shared/errors';
import { signToken } from '../../shared/fetch-tokens';
import type { ApiResponse } from '../../shared/http';
import { redeemPage, tokenPage } from '../../shared/page';
import type { ApiRequest } from '../../shared/request';
import type { Secrets } from '../../shared/secrets';
import { writeEvent } from '../../shared/store/audit';
import { type Link, readLink, redeemLink as spendLink } from '../../shared/store/links';
import { iso, seconds } from '../../shared/time';
import { type LinkParts, parseLink, sameHash } from '../../shared/tokens';

export interface RedeemDeps extends AuthDeps {
  secrets: Pick<Secrets, 'signingKeys' | 'linkKeys'>;
}

/** `GET` and `HEAD /links/{link}`: the page with the button. Never spends the link. */
export async function showLink(deps: RedeemDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  const parts = await partsOf(deps, request);
  const link = await readLink(deps.table, parts);
  if (!link || problemOf(link, parts, now)) throw refusal(problemOf(link, parts, now) ?? 'link_unknown');
  return { status: 200, page: redeemPage({ email: link.email, expires: iso(link.expiresAt) }) };
}

/** `POST /links/{link}`: the token, to one request only. */
export async function redeemLink(deps: RedeemDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  parse(inputs.nothing, request.body);
  const parts = await partsOf(deps, request);
  const { table, secrets, settings, stackName } = deps;
  const { email, id } = parts;
  const issuedAt = seconds(now);
  const expiresAt = issuedAt + settings.tokenTtl;
  // Before the link is spent: without the keys there would be no token to show for it.
  const keys = await secrets.signingKeys();
  const [redeemed] = await Promise.all([
    spendLink(table, parts, { expiresAt, now: issuedAt }),
    writeEvent(table, { act: 'redeeming', email, link: id }, request, now),
  ]);
  if (!redeemed) throw await refusedRedeem(deps, request, parts, now);
  const token = signToken(keys, issuerOf(stackName), { email, id, issuedAt, expiresAt });
  const issued = { token, email, expires: iso(expiresAt) };
  return request.wantsPage
    ? { status: 200, page: tokenPage({ ...issued, origin: request.origin }) }
    : { status: 200, json: issued };
}

async function refusedRedeem(deps: RedeemDeps, request: ApiRequest, parts: LinkParts, now: Date): Promise<ApiError> {
  const code = problemOf(await readLink(deps.table, parts), parts, now) ?? 'link_used';
  await writeEvent(
    deps.table,
    { act: 'redeem_refused', email: parts.email, link: parts.id, reason: code },
    request,
    now,
  );
  return refusal(code);
}

async function partsOf({ secrets }: RedeemDeps, request: ApiRequest): Promise<LinkParts> {
  const parts = parseLink(await secrets.linkKeys(), request.params.link ?? '');
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
