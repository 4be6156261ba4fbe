import * as v from 'valibot';
import { replies } from '../../../shared/contract/replies';
import { ask, type ClientDeps } from '../api/ask-api';
import { isMongograntError, MongograntError } from '../mongogrant-error';

/** A token, whose it is, and until when it works (ISO 8601). */
export interface Token {
  token: string;
  email: string;
  expires: string;
}

export interface TerminalLogin {
  email: string;
  /** Shown to the person, who types it into the page behind the mailed link. */
  onCode(code: string, msg: string): void;
  /** Ends the wait. */
  signal?: AbortSignal;
}

/** Polls in a row without an answer: a machine that sleeps meanwhile, or changes its network, goes on with the login. */
const mostSilent = 40;
const polled = v.union([replies.token, replies.pending]);

/** Asks for a link with a code, and waits until the person has typed the code into the page behind it. */
export async function terminalLogin(deps: ClientDeps, { email, onCode, signal }: TerminalLogin): Promise<Token> {
  const body = { email, terminal: true };
  const { msg, poll, code, interval } = await ask(deps, {
    ...{ method: 'POST', path: '/links', body, answer: replies.terminalLink, repeat: 'never' },
  });
  onCode(code, msg);
  for (let silent = 0; ; ) {
    await deps.sleep(interval);
    if (signal?.aborted)
      throw new MongograntError('link_unanswered', 'The login was given up. Begin again when you like.');
    try {
      const answer = await ask(deps, {
        ...{ method: 'POST', path: '/links/poll', body: { poll }, answer: polled, repeat: 'always' },
      });
      if ('token' in answer) return answer;
      silent = 0;
    } catch (fault) {
      silent += 1;
      if (!(isMongograntError(fault) && fault.code === 'no_answer') || silent > mostSilent) throw fault;
    }
  }
}
