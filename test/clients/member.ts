import * as v from 'valibot';
import { firstMember } from '../../local/seed';
import type { Service } from '../../local/service';
import type { Role } from './steps';

const grant = v.object({ username: v.string(), password: v.string(), uri: v.string(), ca: v.optional(v.string()) });
export type Granted = v.InferOutput<typeof grant>;

/** A person who holds a token. */
export interface Member {
  grant(db: string, role: Role): Promise<Granted>;
  /** Ends one grant; rejects unless the answer says that it has ended. */
  revoke(db: string, role: Role): Promise<void>;
  revokeAll(): Promise<void>;
}

/** The same person, who may ask for anything else as well. */
export interface Caller extends Member {
  token: string;
  /** Any other request; rejects unless the answer has this status. */
  ask(method: string, path: string, status: number, body?: object): Promise<unknown>;
}

/** All of mongogrant on this machine, with its admin, who logs in once: links are not mailed as often as one likes. */
export interface Deployment extends Service {
  admin: Caller;
}

const inbox = v.object({
  emails: v.array(
    v.object({ destination: v.object({ to: v.array(v.string()) }), body: v.object({ text: v.string() }) }),
  ),
});

/** Asks for a link, takes it out of the mailbox and redeems it, all through the API. Grants are for the host of `service`. */
export async function logIn(
  { api, mailbox, host }: Pick<Service, 'api' | 'mailbox' | 'host'>,
  email = firstMember,
): Promise<Caller> {
  await send('POST', `${api}/links`, 202, { email });
  const { emails } = v.parse(inbox, await send('GET', `${mailbox}/store`, 200));
  const mails = emails.filter(({ destination }) => destination.to.includes(email)).map(({ body }) => body.text);
  const link = mails.join('\n').match(/https?:\/\/\S+\/links\/[\w.-]+/)?.[0];
  if (link === undefined) throw new Error('no link was mailed');
  const { token } = v.parse(v.object({ token: v.string() }), await send('POST', link, 200));
  return {
    token,
    ask: (method, path, status, body) => send(method, `${api}${path}`, status, body, token),
    async grant(db, role) {
      return v.parse(grant, await send('POST', `${api}/grants`, 201, { host, db, role }, token));
    },
    async revoke(db, role) {
      const query = new URLSearchParams({ host, db, role });
      const ended = await send('DELETE', `${api}/grants?${query}`, 200, undefined, token);
      const one = v.object({ revoked: v.tuple([v.looseObject({ db: v.literal(db) })]), pending: v.tuple([]) });
      v.parse(one, ended);
    },
    async revokeAll() {
      await send('DELETE', `${api}/grants`, 200, undefined, token);
    },
  };
}

async function send(method: string, url: string, status: number, body?: object, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  // The path of a link is as secret as a password.
  if (response.status !== status)
    throw new Error(`${method} ${new URL(url).pathname.split('/')[1]}: ${response.status}, not ${status}: ${text}`);
  return JSON.parse(text);
}
