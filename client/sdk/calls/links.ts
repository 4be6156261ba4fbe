import * as v from 'valibot';
import { replies } from '../../../shared/contract/replies';
import { pollLoginRoute } from '../../../shared/contract/routes/poll-login';
import { redeemLinkRoute } from '../../../shared/contract/routes/redeem-link';
import { requestLinkRoute } from '../../../shared/contract/routes/request-link';
import { ask, type ClientDeps } from '../api/ask-api';

/** A token, whose it is, and until when it works (ISO 8601). */
export type Token = v.InferOutput<typeof replies.token>;

/** Asking twice would mail two links. */
const request = { route: requestLinkRoute, repeat: 'never' } as const;

const polled = v.union([replies.token, replies.pending]);

export const requestLink = (api: ClientDeps, email: string): Promise<v.InferOutput<typeof replies.linkRequested>> =>
  ask(api, { ...request, body: { email }, reply: replies.linkRequested });

/** Has a link mailed that asks for a code. */
export const requestTerminalLink = (
  api: ClientDeps,
  email: string,
): Promise<v.InferOutput<typeof replies.terminalLink>> =>
  ask(api, { ...request, body: { email, terminal: true }, reply: replies.terminalLink });

/** Asks whether the code has been typed: the token, once. */
export const pollLink = (api: ClientDeps, poll: string): Promise<v.InferOutput<typeof polled>> =>
  ask(api, { route: pollLoginRoute, body: { poll }, reply: polled, repeat: 'always' });

/** Spends a link. It works once, so a request whose answer got lost is not repeated. */
export const redeemLink = (api: ClientDeps, link: string): Promise<Token> =>
  ask(api, {
    route: { ...redeemLinkRoute, path: redeemLinkRoute.path.replace('{link}', link) },
    reply: replies.token,
    repeat: 'never',
  });
