import { redeemLink, type Token } from '../calls/links';
import type { ClientContext } from '../client-context';
import { MongograntError } from '../mongogrant-error';
import { setRemote } from '../remotes';
import { type TerminalLogin, terminalLogin } from './terminal-login';
import { whichEndpoint } from './which-endpoint';

/** Whose token was noted, until when it works (ISO 8601), and where. */
export interface LoggedIn {
  email: string;
  expires: string;
  endpoint: string;
}

/** Redeems a mailed link, and notes the token. */
export async function redeemMailedLink(context: ClientContext, address: string): Promise<LoggedIn> {
  const [, endpoint, link] = /^(https?:\/\/.+)\/links\/([^/?#\s]+)$/.exec(address.trim()) ?? [];
  if (!endpoint || !link)
    throw new MongograntError('link_unknown', 'This is no link of mongogrant. Copy its whole address from the mail.');
  return noted(context, endpoint, await redeemLink(context.apiOf({ endpoint }), link));
}

/** Logs in from a terminal, and notes the token. */
export async function logIn(
  context: ClientContext,
  { endpoint: named, ...login }: TerminalLogin & { endpoint?: string },
): Promise<LoggedIn> {
  const endpoint = await whichEndpoint(context, named);
  return noted(context, endpoint, await terminalLogin(context.apiOf({ endpoint }), login));
}

async function noted(context: ClientContext, endpoint: string, { token, ...whose }: Token): Promise<LoggedIn> {
  await setRemote(context, endpoint, token);
  return { email: whose.email, expires: whose.expires, endpoint };
}
