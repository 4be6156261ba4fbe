import { deepStrictEqual as deepEqual } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import type { Genuine } from '../support/genuine/start-genuine';
import { bounceOf } from '../support/ses-events';
import type { Api } from './api';
import type { Emulator } from './emulator';
import type { Steps } from './steps';

const root = resolve(__dirname, '../..');
export const [admin, you, stranger] = ['admin@example.com', 'you@example.com', 'stranger@example.com'];

export interface Place {
  emulator: Emulator;
  api: Api;
  mongod: Genuine;
  /** As people name it. */
  host: string;
  /** What the stack prints for admins. */
  forAdmins: string;
}

/** `mgrant`, as an admin has it who has AWS credentials. */
export function mgrant({ emulator: { env }, forAdmins }: Place, ...args: string[]): string {
  // What the stack prints for admins: export NAME=VALUE ...
  const printed = [...forAdmins.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value]) => [name, value] as const);
  const all = { ...env, ...Object.fromEntries(printed), MONGOGRANT_BY: admin };
  const program = join(root, 'client', 'mgrant', 'mgrant.ts');
  return execFileSync(process.execPath, ['--import', 'tsx', program, ...args], {
    cwd: root,
    env: all,
    encoding: 'utf8',
  });
}

/** What a login may do: `works`, or the code with which the server refuses it. */
export async function loginWith(uri: string): Promise<string> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  try {
    await client.connect();
    await client.db().collection('notes').insertOne({ said: 'hello' });
    return 'works';
  } catch (error) {
    return String(Object(error).code ?? error);
  } finally {
    await client.close();
  }
}

/** From an empty account to a login that has ended, by requests alone. Answers the tokens of the admin and of a member. */
export async function walkStory(steps: Steps, place: Place): Promise<Tokens> {
  const { emulator, api, mongod, host } = place;
  await steps.take('mgrant hosts add registers a genuine MongoDB server', async () => {
    const file = join(emulator.folder, 'host.json');
    const secret = {
      engine: 'mongo',
      host: '127.0.0.1',
      port: mongod.port,
      ...mongod.admin,
      authSource: 'admin',
      ssl: false,
    };
    writeFileSync(file, JSON.stringify(secret), { mode: 0o600 });
    mgrant(place, 'hosts', 'add', host, '--secret', file);
  });
  await steps.take('mgrant hosts check finds nothing wrong', async () => mgrant(place, 'hosts', 'check', host));
  const lead = await steps.take('an admin gets a token by mail', () => api.tokenFor(admin));
  await steps.take('a stranger gets the same answer, and no mail', async () => {
    deepEqual((await api.ask('POST', '/links', { form: { email: stranger } })).status, 202);
    deepEqual((await emulator.mailsTo(stranger)).length, 0);
  });
  await steps.take('the admin lets a member in', async () => {
    const rule = { email: you, host, db: 'demo*', role: 'readWrite', which: 'allow' };
    deepEqual((await api.ask('PUT', '/rules', { token: lead, json: rule })).status, 200);
  });
  const link = await steps.take('the member is mailed a link, whose page spends nothing', async () => {
    const path = await api.linkFor(you);
    const page = await api.ask('GET', path, { accept: 'text/html' });
    deepEqual([page.status, /<button/.test(page.text)], [200, true]);
    deepEqual((await api.ask('HEAD', path)).status, 200);
    return path;
  });
  const token = await steps.take('the link is a token once', async () => {
    const first = await api.ask('POST', link);
    const second = await api.ask('POST', link);
    deepEqual([first.status, second.status, second.json.code], [200, 410, 'link_used']);
    return String(first.json.token);
  });
  const wish = { host, db: 'demo', role: 'readWrite' };
  const login = await steps.take('the token is a login that works where the rule allows', async () => {
    const { status, json } = await api.ask('POST', '/grants', { token, form: wish });
    deepEqual([status, await loginWith(json.uri)], [201, 'works']);
    deepEqual(await loginWith(String(json.uri).replace('/demo?', '/other?')), '13');
    return json;
  });
  await steps.take('what no rule allows is refused', async () => {
    const { status, json } = await api.ask('POST', '/grants', { token, form: { ...wish, db: 'other' } });
    deepEqual([status, json.code], [403, 'not_allowed']);
  });
  await steps.take('the login is renewed, listed and told of', async () => {
    deepEqual((await api.ask('POST', '/grants/renew', { token, form: wish })).status, 200);
    const { json } = await api.ask('GET', '/grants', { token });
    deepEqual([json.grants.length, json.grants[0].username], [1, login.username]);
    deepEqual((await api.ask('GET', '/me', { token })).json.email, you);
  });
  await steps.take('a second password takes the place of the first', async () => {
    const again = await api.ask('POST', '/grants', { token, form: wish });
    deepEqual([await loginWith(login.uri), await loginWith(again.json.uri)], ['18', 'works']);
  });
  await steps.take('what is revoked is dead, and shown to be', async () => {
    const { status, json } = await api.ask('DELETE', '/grants', { token });
    deepEqual([status, json.revoked.length, json.pending.length], [200, 1, 0]);
    deepEqual(await loginWith(login.uri), '18');
    const audit = await api.ask('GET', `/audit?email=${you}`, { token: lead });
    const ended = audit.json.events.find(({ act }: { act: string }) => act === 'ended');
    deepEqual([ended.proof.gone, ended.proof.notAsked], [true, []]);
  });
  await steps.take('the routes of the Python server answer', async () => {
    const { status, json } = await api.ask('POST', `/grant/${token}`, { form: wish });
    deepEqual([status, Object.keys(json).sort()], [200, ['password', 'username']]);
  });
  return { lead, token };
}

/** Of the admin, and of the member. */
export interface Tokens {
  lead: string;
  token: string;
}

/** What AWS calls by itself: here it is called by hand. */
export async function runJobs(
  steps: Steps,
  { api, emulator, host }: Place,
  { lead, token }: Tokens,
  names: FunctionNames,
) {
  await steps.take('the reaper ends what is over', async () => {
    const wish = { host, db: 'demo_short', role: 'readWrite', ttl: '1 s' };
    const { json } = await api.ask('POST', '/grants', { token, form: wish });
    await wait(2000);
    await emulator.invoke(names.reap);
    deepEqual(await loginWith(json.uri), '18');
    const { json: left } = await api.ask('GET', '/grants', { token });
    const one = left.grants.find(({ db }: { db: string }) => db === 'demo_short');
    deepEqual(one.state, 'ended');
  });
  await steps.take('the daily jobs run', async () => {
    await emulator.invoke(names.remind);
    await emulator.invoke(names.reconcile);
  });
  await steps.take('a mail that came back is noted', async () => {
    await emulator.invoke(names.noteFeedback, bounceOf(stranger));
    const { json } = await api.ask('GET', `/audit?email=${stranger}`, { token: lead });
    deepEqual(json.events[0].act, 'mail_bounced');
  });
}

export type FunctionNames = Record<'reap' | 'remind' | 'reconcile' | 'noteFeedback' | 'rotate', string>;
