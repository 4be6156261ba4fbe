import type { ErrorCode } from '../../shared/contract/errors';
import type { pollLoginRoute } from '../../shared/contract/routes/poll-login';
import type { CallOf } from '../../shared/http/call';
import { Refusal } from '../../shared/http/refusal';
import type { ApiResponse } from '../../shared/http/render';
import { seconds } from '../../shared/policy/time';
import { type Link, pollGrace, readLink, waitsForPoll } from '../../shared/store/links';
import { type PollParts, parsePoll } from '../../shared/tokens/terminal-secrets';
import { sameHash } from '../../shared/tokens/tokens';
import { issueToken } from './issue-token';
import { loginRefusal, type RedeemDeps } from './link-state';
import { isTriedOut, takeToken } from './terminal-logins';

type PollCall = CallOf<typeof pollLoginRoute>;

/** `POST /links/poll`: a terminal asks whether its code was typed. Only one poll gets the token. */
export async function pollLogin(deps: RedeemDeps, call: PollCall): Promise<ApiResponse> {
  const [outcome] = await Promise.allSettled([answerPoll(deps, call), deps.floor()]);
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}

async function answerPoll(deps: RedeemDeps, call: PollCall): Promise<ApiResponse> {
  const { table, secrets } = deps;
  const parts = parsePoll(await secrets.linkKeys(), call.body.poll);
  if (!parts) throw loginRefusal('link_unknown');
  const at = seconds(call.now);
  if (parts.endsAt + pollGrace <= at) throw loginRefusal('link_expired');
  const link = await readLink(table, parts);
  const problem = pollProblem(link, parts, at);
  if (problem) throw loginRefusal(problem);
  if (!link || !waitsForPoll(link, at)) return { status: 202, json: { status: 'pending' } };
  const issued = await issueToken(deps, call, { ...parts, decide: (times) => takeToken(table, parts, times) });
  if (issued) return { status: 200, json: issued };
  const { email, id } = parts;
  throw new Refusal(loginRefusal('link_used'), { act: 'redeem_refused', email, link: id });
}

/** Why a terminal need not wait. If its address got no link, it learns no reason, and waits as long as any other. */
function pollProblem(link: Link | undefined, poll: PollParts, now: number): ErrorCode | undefined {
  if (link && !sameHash(link.poll ?? '', poll.hash)) return 'link_unknown';
  if (link && (link.state !== 'sent' || isTriedOut(link))) return 'link_used';
  if (link && waitsForPoll(link, now)) return undefined;
  return poll.endsAt <= now ? 'link_expired' : undefined;
}
