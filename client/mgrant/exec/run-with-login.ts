import { codeOf } from '../../sdk/code-of';
import type { Credential } from '../../sdk/settings/credentials';
import { writeCaFile } from '../../sdk/settings/write-ca-file';
import type { Place } from '../../sdk/spec';
import { variablesOf } from '../formats/env';
import { loginOf } from '../formats/login';
import type { Io, RunningProgram } from '../io';
import { statusOf } from '../programs';
import { Refused } from '../refused';
import type { Session } from '../session';
import { endLogin } from './end-login';
import { keepRenewed, oneLife } from './keep-renewed';
import { type LentLogin, lendLogin } from './lend-login';

/** What is run, with what, and for how many seconds at most its login lives. */
export interface Errand {
  place: Place;
  command: string;
  args: string[];
  longest: number;
}

/** Runs a program with a login of its own, and ends the login whatever happens; answers the exit status of the program. */
export async function runWithLogin(session: Session, errand: Errand): Promise<number> {
  const { io } = session;
  const signals = heedSignals(io);
  const leave = new AbortController();
  const context = await session.context({
    ttl: Math.min(oneLife, errand.longest),
    fetch: (input, init = {}) =>
      io.fetch(input, { ...init, signal: AbortSignal.any([leave.signal, ...(init.signal ? [init.signal] : [])]) }),
    sleep: (seconds) => io.sleep(seconds, leave.signal),
  });
  try {
    const login = lendLogin(context, errand.place);
    try {
      const credential = await Promise.race([login.credential, signals.first]);
      if (typeof credential === 'string') return statusOf(credential);
      const { now } = context;
      const latest = new Date(now().getTime() + errand.longest * 1000);
      const caFile = await writeCaFile(context.file, credential);
      return await runRenewed(session, { ...errand, latest, now }, { login, credential, caFile, signals });
    } finally {
      await endLogin(session, errand.place, login);
    }
  } finally {
    leave.abort();
    signals.forget();
  }
}

interface Lent {
  login: LentLogin;
  credential: Credential;
  caFile: string | undefined;
  signals: ReturnType<typeof heedSignals>;
}

async function runRenewed(
  { io, note }: Session,
  { command, args, latest, now }: Errand & { latest: Date; now: () => Date },
  { login, credential, caFile, signals }: Lent,
): Promise<number> {
  const [asked] = signals.heard;
  if (asked) return statusOf(asked);
  const over = new AbortController();
  const { sleep } = io;
  const child = await io.startProgram(command, args, environment(io, credential, caFile)).catch(notStarted(command));
  signals.passTo(child);
  const { expires = latest } = credential;
  keepRenewed({ now, sleep, note, expires, latest, renew: login.renew }, over.signal).catch((fault: unknown) =>
    note(String(fault)),
  );
  return child.ended.finally(() => over.abort());
}

/** Ours, with this login in place of another one that may be there. */
function environment({ env }: Io, credential: Credential, caFile: string | undefined) {
  const { MONGODB_CA_FILE: _, ...ours } = env;
  return { ...ours, ...variablesOf(loginOf(credential, caFile)) };
}

const notStarted = (command: string) => (fault: unknown) => {
  const code = codeOf(fault);
  if (code === 'ENOENT') throw new Refused('command_missing', `${command}: there is no such command.`, 127);
  throw new Refused('command_unusable', `${command}: can't be run${code ? ` (${code})` : ''}.`, 126);
};

/** From now on, no signal ends this process: each goes to the program, as soon as it runs. */
function heedSignals({ onSignals }: Io) {
  const heard: NodeJS.Signals[] = [];
  let child: RunningProgram | undefined;
  let tell: (name: NodeJS.Signals) => void = () => {};
  const first = new Promise<NodeJS.Signals>((resolve) => {
    tell = resolve;
  });
  const forget = onSignals((name) => {
    heard.push(name);
    tell(name);
    child?.pass(name);
  });
  const passTo = (started: RunningProgram): void => {
    child = started;
    heard.forEach(started.pass);
  };
  return { heard, first, forget, passTo };
}
