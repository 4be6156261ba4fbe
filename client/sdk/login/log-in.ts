import { redeemLink, requestLink, type Token } from '../calls/links';
import type { ClientContext } from '../client-context';
import { MongograntError } from '../mongogrant-error';
import { setRemote } from '../remotes';
import { type TerminalLogin, terminalLogin } from './terminal-login';

/** Whose token was noted, until when it works (ISO 8601), and where. */
export interface LoggedIn {
  email: string;
  expires: string;
  endpoint: string;
}

export async function requestMailedLink(context: ClientContext, email: string, named?: string): Promise<string> {
  const endpoint = await whichEndpoint(context, named);
  return (await requestLink(context.apiOf({ endpoint }), email)).msg;
}

export async function redeemMailedLink(context: ClientContext, address: string): Promise<LoggedIn> {
  const [, endpoint, link] = /^(https?:\/\/.+)\/links\/([^/?#\s]+)$/.exec(address.trim()) ?? [];
  if (!endpoint || !link)
    throw new MongograntError('link_unknown', 'This is no link of mongogrant. Copy its whole address from the mail.');
  await checkKeeping(context);
  return noted(context, endpoint, await redeemLink(context.apiOf({ endpoint }), link));
}

export async function logIn(
  context: ClientContext,
  { endpoint: named, ...login }: TerminalLogin & { endpoint?: string },
): Promise<LoggedIn> {
  const endpoint = await whichEndpoint(context, named);
  await checkKeeping(context);
  return noted(context, endpoint, await terminalLogin(context.apiOf({ endpoint }), login));
}

/** Whether the settings can be written is found out before a link is spent whose token could not be kept. */
const checkKeeping = ({ file }: ClientContext) => file.change((settings) => settings);

async function noted(context: ClientContext, endpoint: string, { token, ...whose }: Token): Promise<LoggedIn> {
  await setRemote(context, endpoint, token);
  return { email: whose.email, expires: whose.expires, endpoint };
}

/** The service to log in to: the one that is named or used here, or the first one. */
async function whichEndpoint({ file, endpoint }: ClientContext, named?: string): Promise<string> {
  const which = named ?? (await endpoint()) ?? (await file.read()).fetch.remotes[0]?.endpoint;
  if (which) return which;
  throw new MongograntError('endpoint_invalid', 'Which service? Name its address, such as https://api.lab.org.');
}
