import type { ClientDeps } from '../api/ask-api';
import { pollLink, requestTerminalLink, type Token } from '../calls/links';
import { isMongograntError, MongograntError } from '../mongogrant-error';

export interface TerminalLogin {
  email: string;
  /** Shown to the person, who types it into the page behind the mailed link. */
  onCode(code: string, msg: string): void;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/** How many polls in a row may go unanswered. A machine may sleep or change its network, and then goes on with the login. */
const mostSilent = 40;

/** Asks for a link with a code, and waits until the person has typed the code into the page behind it. */
export async function terminalLogin(deps: ClientDeps, { email, onCode, signal }: TerminalLogin): Promise<Token> {
  const { msg, poll, code, interval } = await requestTerminalLink(deps, email);
  onCode(code, msg);
  for (let silent = 0; ; ) {
    await deps.sleep(interval);
    if (signal?.aborted)
      throw new MongograntError('link_unanswered', 'The login was given up. Begin again when you like.');
    try {
      const reply = await pollLink(deps, poll);
      if ('token' in reply) return reply;
      silent = 0;
    } catch (fault) {
      silent += 1;
      if (!(isMongograntError(fault) && fault.code === 'no_answer') || silent > mostSilent) throw fault;
    }
  }
}
