import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Document } from 'mongodb';
import type { Emulator } from './emulator';

export interface Answer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  json: Document;
}

export interface Ask {
  token?: string;
  json?: object;
  form?: Record<string, string>;
  accept?: string;
}

/** The deployed API, asked as curl asks: by its own name, which leads to this machine. */
export interface Api {
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
  /** A link out of the newest mail to this address. */
  linkFor(email: string): Promise<string>;
  tokenFor(email: string): Promise<string>;
}

export function openApi(emulator: Emulator, address: string): Api {
  const { host } = new URL(address);

  async function ask(method: string, path: string, { token, json, form, accept = '*/*' }: Ask = {}): Promise<Answer> {
    const body = json ? JSON.stringify(json) : form && new URLSearchParams(form).toString();
    const headers = {
      host,
      accept,
      'user-agent': 'curl/8.0',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': json ? 'application/json' : 'application/x-www-form-urlencoded' }),
    };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: '127.0.0.1', port: emulator.port, method, path, headers }, resolve).on('error', reject).end(body);
    });
    const answer = await text(response);
    const isJson = /json/.test(String(response.headers['content-type']));
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text: answer,
      json: isJson && answer ? JSON.parse(answer) : {},
    };
  }

  async function linkFor(email: string): Promise<string> {
    const { status } = await ask('POST', '/links', { form: { email } });
    if (status !== 202) throw new Error(`POST /links: ${status}`);
    const mail = (await emulator.mailsTo(email)).at(-1) ?? '';
    const [, path] = /https?:\/\/[^/\s]+(\/links\/[\w.-]+)/.exec(mail) ?? [];
    if (path === undefined) throw new Error('No link was mailed');
    return path;
  }

  return {
    ask,
    linkFor,
    async tokenFor(email) {
      const { status, json } = await ask('POST', await linkFor(email));
      if (status !== 200) throw new Error(`POST /links/{link}: ${status}`);
      return json.token;
    },
  };
}
