import * as v from 'valibot';
import { replies } from '../../shared/replies';
import { ask, type ClientDeps } from '../api/ask-api';
import { MongograntError } from '../mongogrant-error';

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

const polled = v.union([replies.token, replies.pending]);

/** Asks for a link with a code, and waits until the person has typed the code into the page behind it. */
export async function terminalLogin(deps: ClientDeps, { email, onCode, signal }: TerminalLogin): Promise<Token> {
  const body = { email, terminal: true };
  const { msg, poll, code, interval } = await ask(deps, {
    ...{ method: 'POST', path: '/links', body, answer: replies.terminalLink, repeat: 'never' },
  });
  onCode(code, msg);
  for (;;) {
    await deps.sleep(interval);
    if (signal?.aborted)
      throw new MongograntError('link_unanswered', 'The login was given up. Begin again when you like.');
    const answer = await ask(deps, {
      ...{ method: 'POST', path: '/links/poll', body: { poll }, answer: polled, repeat: 'always' },
    });
    if ('token' in answer) return answer;
  }
}
