import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readVersion } from '../../local/genuine/read-version';
import { findBinaries, howToGet } from '../support/genuine/find-binary';
import type { Answer, Client, Question } from './client-process';
import { python, type RealClient } from './clients';
import { type Caller, type Deployment, logIn, type Member } from './member';
import { type PrivateHost, startPrivateHost } from './private-host';
import { privateMember } from './private-member';
import { type ClientName, privateCaSteps } from './steps';
import { type Count, takeSteps, tell } from './take-steps';
import { Trial } from './trial';

/** A lab with an authority of its own: from `mgrant hosts add --ca` to logins with real clients and what people were given, on a genuine server. */
export async function tryPrivateCa(service: Deployment, clients: readonly RealClient[], count: Count): Promise<void> {
  const [binary] = findBinaries();
  if (clients.length === 0) return;
  if (binary === undefined) return missing(count);
  console.log(`\nA host with an authority of its own: MongoDB ${readVersion(binary)}, which takes nothing but TLS`);
  const on = await startPrivateHost(binary, service);
  try {
    const member = await prepare(service, on, count);
    for (const client of clients) if (member) await tryOut(client, on, member, count);
  } finally {
    await on.close();
  }
}

/** Where everything is to be there, as in .ci/run, nothing is left out in silence. */
function missing(count: Count): void {
  console.error(`SKIPPED: a host with an authority of its own was not tried. ${howToGet}`);
  if (process.env.CI) count.failed++;
}

/** Registers the host, and lets a person use it; none if that went wrong, as nothing else can go well then. */
async function prepare(service: Deployment, on: PrivateHost, count: Count): Promise<Member | undefined> {
  const at = { ...service, host: on.host };
  const { admin } = service;
  for (const [step, act] of preparations(on, admin)) {
    const fault = await act().then(...unlessFault);
    tell(count, 'mgrant', step, fault);
    if (fault !== undefined) return undefined;
  }
  const you = await logIn(at, person);
  await on.mgrant(['settoken', '--endpoint', service.api], you.token);
  return privateMember(you, admin, on);
}

const person = 'ada@lab.org';

const unlessFault = [
  () => undefined,
  (error: unknown) => `: ${error instanceof Error ? error.message : error}`,
] as const;

function preparations(on: PrivateHost, admin: Caller) {
  const { host, caFile, secret } = on;
  const does = (words: string[], status: number, says: RegExp, input?: string) => async (): Promise<void> => {
    const ran = await on.mgrant(words, input);
    if (ran.status !== status || !says.test(ran.out))
      throw new Error(`expected ${status} and ${says}, seen ${JSON.stringify(ran)}`);
  };
  const add = ['hosts', 'add', host, '--secret', '-', '--by', 'admin@example.com'];
  const check = ['hosts', 'check', host];
  const rule = { email: person, host, db: 'ca_*', role: 'readWrite', which: 'allow' };
  const advice = new RegExp(`certificate is not trusted .*mgrant hosts add ${host} --replace --ca FILE`);
  return [
    ['hosts add, without --ca', does(add, 0, /^Registered/, secret)],
    ['hosts check says that its certificate is not trusted, and what to do', does(check, 1, advice)],
    ['hosts add --replace --ca', does([...add, '--replace', '--ca', caFile], 0, /^Changed/, secret)],
    ['hosts check says that it is ready', does(check, 0, / is ready: .*\nMongoDB [^\n]*, TLS, /)],
    ['a rule, through the API', () => admin.ask('PUT', '/rules', 200, rule)],
  ] as const;
}

async function tryOut(client: RealClient, on: PrivateHost, member: Member, count: Count): Promise<void> {
  const running = client.start();
  const ask = (question: Question) =>
    question.does === 'read as mgrant starts it' ? startAs(client.name, question, on) : running.ask(question);
  const trial = new Trial({ ...running, ask } satisfies Client, member, on.host, `ca_${client.name}`);
  try {
    await takeSteps(client, trial, privateCaSteps, count);
  } finally {
    await running.end();
    await member.revokeAll();
  }
}

/** mongosh as `mgrant` starts it, and Python as `mgrant` writes it; each counts what was written. */
async function startAs(name: ClientName, { uri, as }: Question, { host, mgrant, env }: PrivateHost): Promise<Answer> {
  const words = ['db', host, new URL(uri).pathname.slice(1), '--role', as, '--format'];
  const printed = name === 'mongosh' ? await inMongosh() : await inPython();
  const [, counted] = /counted (\d+)/.exec(printed) ?? [];
  return counted === undefined ? { fault: `printed ${printed}` } : { value: Number(counted) };

  async function inMongosh(): Promise<string> {
    const { out, err } = await mgrant([...words, 'mongosh'], 'print("counted " + db.notes.countDocuments())\nexit\n');
    return out + err;
  }
  async function inPython(): Promise<string> {
    const program = (await mgrant([...words, 'python'])).out;
    const counting = `${program}print("counted", len(list(db.notes.find())))`;
    const { stdout } = await promisify(execFile)(python, ['-c', counting], { env });
    return stdout;
  }
}
