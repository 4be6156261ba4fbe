import type { MongoClient } from 'mongodb';
import * as v from 'valibot';
import { firstMember } from './seed';
import type { Service } from './service';
import { call, codeOf, loginRefusal, must, openClient, read, refusalOf } from './story-tools';

export type Addresses = Pick<Service, 'api' | 'mailbox' | 'host'>;

/** What the earlier acts found out. */
export interface Found {
  token: string;
  uri: string;
  /** A client with that address, logged in and left open. */
  client: MongoClient | undefined;
}

/** Takes a step, and throws unless it works as it must. `saw` is told of each thing that was seen. */
export type Act = (at: Addresses, found: Found, saw: (what: string) => void) => Promise<void>;

const grant = v.object({ username: v.string(), uri: v.string(), expires: v.string() });
const wish = (host: string, db: string) => ({ host, db, role: 'readWrite' });

export const askForLink: Act = async ({ api }, _, saw) => {
  const answer = await call(202, `POST ${api}/links`, { json: { email: firstMember } });
  saw(`202, "${read(v.object({ msg: v.string() }), answer).msg}"`);
};

export const redeemLink: Act = async ({ api, mailbox }, found, saw) => {
  const mail = v.object({ destination: v.object({ to: v.array(v.string()) }), body: v.object({ text: v.string() }) });
  const { emails } = read(v.object({ emails: v.array(mail) }), await call(200, `GET ${mailbox}/store`));
  const mailed = emails.findLast(({ destination }) => destination.to.includes(firstMember));
  const link = mailed?.body.text.split(/\s/).find((word) => word.startsWith(`${api}/links/`)) ?? '';
  must(link !== '', 'There is no mail with a link');
  saw(`the mail has a link to ${api}/links/...`);
  await call(200, `HEAD ${link}`);
  const { body } = await call(200, `GET ${link}`, { accept: 'text/html' });
  must(typeof body === 'string' && body.includes('<form'), 'The page has no button');
  saw('whoever only opens it, such as a mail scanner, gets 200 and a page with a button');
  found.token = read(v.object({ token: v.string() }), await call(200, `POST ${link}`)).token;
  saw(`the button gives 200, a token of ${found.token.length} characters`);
  const code = codeOf(await call(410, `POST ${link}`));
  must(code === 'link_used', `The code is ${code}`);
  saw(`pressed again, 410 ${code}: a link works once`);
};

export const seeAccess: Act = async ({ api, host }, { token }, saw) => {
  const rule = v.object({ host: v.string(), db: v.string(), role: v.string() });
  const me = v.object({ email: v.literal(firstMember), access: v.array(rule) });
  const { access } = read(me, await call(200, `GET ${api}/me`, { token }));
  const ruled = access.some((one) => one.host === host && one.db === 'demo*');
  must(ruled, 'The rule on demo* is missing');
  saw(`200, ${access.map(({ role, db, host: on }) => `${role} on ${db} at ${on}`).join(', ')}`);
};

export const getLogin: Act = async ({ api, host }, found, saw) => {
  const { token } = found;
  const first = read(grant, await call(201, `POST ${api}/grants`, { token, json: wish(host, 'demo') }));
  saw(`201, ${first.username}, until ${first.expires}`);
  const code = codeOf(await call(403, `POST ${api}/grants`, { token, json: wish(host, 'payroll') }));
  must(code === 'not_allowed', `The code is ${code}`);
  saw(`for the database "payroll", which no rule allows, 403 ${code}`);
  const second = read(grant, await call(201, `POST ${api}/grants`, { token, json: wish(host, 'demo') }));
  must(second.username === first.username && second.uri !== first.uri, 'It is not one user with a new password');
  const refused = await loginRefusal(first.uri);
  must(refused === 18, `The old password is refused with ${refused}`);
  saw('asked again, 201 and a new password; the old one is refused with 18 (AuthenticationFailed)');
  found.uri = second.uri;
};

export const useLogin: Act = async ({ api, host }, found, saw) => {
  const client = await openClient(found.uri);
  found.client = client;
  const notes = client.db('demo').collection('notes');
  await notes.insertOne({ hello: 'world' });
  must((await notes.findOne({ hello: 'world' })) !== null, 'What was written is not there');
  saw('one document in, the same one out');
  const elsewhere = client.db('payroll').collection('notes');
  const codes = [await refusalOf(elsewhere.insertOne({ hello: 'world' })), await refusalOf(elsewhere.findOne({}))];
  must(String(codes) === '13,13', `The server's codes are ${codes}`);
  saw('another database refuses it with 13 (Unauthorized), to write and to read');
  const json = { ...wish(host, 'demo'), ttl: '60 d' };
  const answer = await call(200, `POST ${api}/grants/renew`, { token: found.token, json });
  await notes.findOne({});
  saw(`renewed, it lives until ${read(v.object({ expires: v.string() }), answer).expires}`);
};

export const revokeLogin: Act = async ({ api }, { token, uri, client }, saw) => {
  const lists = v.object({ revoked: v.array(v.unknown()), pending: v.array(v.unknown()) });
  const { revoked, pending } = read(lists, await call(200, `DELETE ${api}/grants`, { token }));
  must(revoked.length === 1 && pending.length === 0, `${revoked.length} revoked, ${pending.length} pending`);
  saw('200, 1 revoked, 0 pending');
  const refused = await loginRefusal(uri);
  must(refused === 18, `The server's code is ${refused}`);
  saw('it is refused with 18 (AuthenticationFailed)');
  must(client !== undefined, 'No connection was open before');
  const code = await refusalOf(client.db('demo').collection('notes').findOne({}));
  must([13, 18].includes(code), `The server's code is ${code}`);
  saw(`a connection that was open before is refused with ${code}`);
};
