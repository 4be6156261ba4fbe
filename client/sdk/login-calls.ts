import { replies } from '../../shared/contract/replies';
import { ask } from './api/ask-api';
import { type TerminalLogin, terminalLogin } from './login/terminal-login';
import { MongograntError } from './mongogrant-error';
import { SettingsCalls } from './settings-calls';

/** Whose token was noted, until when it works (ISO 8601), and where. */
export interface LoggedIn {
  email: string;
  expires: string;
  endpoint: string;
}

/** The ways to a token. */
export abstract class LoginCalls extends SettingsCalls {
  /**
   * Mails a link to this address, if the service knows it. Answers with what to do next, in the service's words.
   *
   * @param endpoint the first remote if it is left out
   */
  async requestLink(email: string, endpoint?: string): Promise<string> {
    const api = this.context.apiOf({ endpoint: await this.#endpoint(endpoint) });
    const question = {
      method: 'POST',
      path: '/links',
      body: { email },
      answer: replies.linkRequested,
      repeat: 'never',
    } as const;
    return (await ask(api, question)).msg;
  }

  /** Redeems a mailed link, the whole address of it, and notes the token. A link works once. */
  async redeemLink(link: string): Promise<LoggedIn> {
    const [, endpoint, path] = /^(https?:\/\/.+)(\/links\/[^/?#\s]+)$/.exec(link.trim()) ?? [];
    if (!endpoint || !path)
      throw new MongograntError('link_unknown', 'This is no link of mongogrant. Copy its whole address from the mail.');
    const question = { method: 'POST', path, answer: replies.token, repeat: 'never' } as const;
    const { token, email, expires } = await ask(this.context.apiOf({ endpoint }), question);
    await this.setRemote(endpoint, token);
    return { email, expires, endpoint };
  }

  /**
   * Logs in from a terminal: mails a link, shows a code, waits until the person has typed the code into the page behind the link, and
   * notes the token.
   */
  async login({ endpoint, ...login }: TerminalLogin & { endpoint?: string }): Promise<LoggedIn> {
    const at = await this.#endpoint(endpoint);
    const { token, email, expires } = await terminalLogin(this.context.apiOf({ endpoint: at }), login);
    await this.setRemote(at, token);
    return { email, expires, endpoint: at };
  }

  async #endpoint(named = this.context.endpoint): Promise<string> {
    const endpoint = named ?? (await this.remotes())[0]?.endpoint;
    if (endpoint) return endpoint;
    throw new MongograntError('endpoint_invalid', 'Which service? Name its address, such as https://api.lab.org.');
  }
}
