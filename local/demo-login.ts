import type { MongoClient } from 'mongodb';
import * as v from 'valibot';
import { call, codeOf, loginRefusal, must, read, refusalOf, type Tell, withClient } from './demo-tools';
import { firstMember } from './seed';
import type { Service } from './service';

const grantAnswer = v.object({ username: v.string(), password: v.string(), uri: v.string(), expires: v.string() });
type Granted = v.InferOutput<typeof grantAnswer>;

/** What one may have, and a first login. */
export async function getLogin({ api, host }: Service, tell: Tell, token: string): Promise<Granted> {
  let granted: Granted | undefined;
  await tell('Who am I, and what may I use?', async () => {
    const me = read(
      v.object({
        email: v.literal(firstMember),
        access: v.array(v.object({ host: v.string(), db: v.string(), role: v.string() })),
      }),
      await call(200, 'GET', `${api}/me`, { token }),
    );
    must(
      me.access.some((rule) => rule.host === host && rule.db === 'demo*'),
      'The rule on demo* is missing',
    );
    return `200, ${me.access.map(({ role, db, host: on }) => `${role} on ${db} at ${on}`).join(', ')}`;
  });
  await tell('A login for the database "demo", please', async () => {
    granted = read(
      grantAnswer,
      await call(201, 'POST', `${api}/grants`, { token, json: { host, db: 'demo', role: 'readWrite' } }),
    );
    return `201, ${granted.username}, until ${granted.expires}`;
  });
  await tell('And one for the database "payroll", which no rule allows', async () => {
    const code = codeOf(
      await call(403, 'POST', `${api}/grants`, { token, json: { host, db: 'payroll', role: 'read' } }),
    );
    must(code === 'not_allowed', `The code is ${code}`);
    return `403 ${code}`;
  });
  must(granted !== undefined, 'There is no login');
  return granted;
}

/** What the login can and can not do. */
export async function useLogin(tell: Tell, client: MongoClient): Promise<void> {
  await tell('The login writes and reads', async () => {
    const notes = client.db('demo').collection('notes');
    await notes.insertOne({ hello: 'world' });
    const note = await notes.findOne({ hello: 'world' });
    must(note?.hello === 'world', 'What was written is not there');
    return 'one document in, the same one out';
  });
  await tell('It tries another database', async () => {
    const codes = [
      await refusalOf(client.db('payroll').collection('notes').insertOne({ hello: 'world' })),
      await refusalOf(client.db('payroll').collection('notes').findOne({})),
    ];
    must(
      codes.every((code) => code === 13),
      `The server's codes are ${codes}`,
    );
    return 'refused with 13 (Unauthorized), to write and to read';
  });
}

/** A new password, and a later end. */
export async function changeLogin({ api, host }: Service, tell: Tell, token: string, first: Granted): Promise<Granted> {
  let second = first;
  const json = { host, db: 'demo', role: 'readWrite' };
  await tell('The same login is asked for again', async () => {
    second = read(grantAnswer, await call(201, 'POST', `${api}/grants`, { token, json }));
    must(
      second.username === first.username && second.password !== first.password,
      'It is not the same user with a new password',
    );
    const code = await loginRefusal(first.uri);
    must(code === 18, `The old password is refused with ${code}`);
    await withClient(second.uri, (client) => client.db().command({ ping: 1 }));
    return '201, a new password that works; the old one is refused with 18 (AuthenticationFailed)';
  });
  await tell('It is renewed for 60 days', async () => {
    const renewed = read(
      v.object({ expires: v.string() }),
      await call(200, 'POST', `${api}/grants/renew`, { token, json: { ...json, ttl: '60 d' } }),
    );
    must(Date.parse(renewed.expires) > Date.parse(second.expires), 'It does not live longer');
    await withClient(second.uri, (client) => client.db().command({ ping: 1 }));
    return `200, until ${renewed.expires}; the password still works`;
  });
  await tell('The list of grants', async () => {
    const answer = await call(200, 'GET', `${api}/grants`, { token });
    const { grants } = read(
      v.object({ grants: v.array(v.object({ username: v.string(), state: v.string() })) }),
      answer,
    );
    must(grants.length === 1 && grants[0]?.state === 'active', 'It is not one active grant');
    must(!JSON.stringify(answer.body).includes(second.password), 'It shows the password');
    return `200, ${grants.map(({ username, state }) => `${username} is ${state}`).join(', ')}; no password`;
  });
  return second;
}

/** The login ends, for new connections and for open ones. */
export async function endLogin(
  { api }: Service,
  tell: Tell,
  token: string,
  { uri }: Granted,
  client: MongoClient,
): Promise<void> {
  await tell('The login is revoked', async () => {
    const { revoked, pending } = read(
      v.object({ revoked: v.array(v.unknown()), pending: v.array(v.unknown()) }),
      await call(200, 'DELETE', `${api}/grants`, { token }),
    );
    must(revoked.length === 1 && pending.length === 0, `${revoked.length} revoked, ${pending.length} pending`);
    return '200, 1 revoked, 0 pending';
  });
  await tell('It tries to log in', async () => {
    const code = await loginRefusal(uri);
    must(code === 18, `The server's code is ${code}`);
    return 'refused with 18 (AuthenticationFailed)';
  });
  await tell('A connection that was open before tries to go on', async () => {
    const code = await refusalOf(client.db('demo').collection('notes').findOne({}));
    must([13, 18].includes(code), `The server's code is ${code}`);
    return `refused with ${code}`;
  });
}
