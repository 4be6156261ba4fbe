import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { sideBySide } from '../../../shared/async/side-by-side';
import { ask, tokenFor } from '../../load/ask';
import { heard, leave, startChild } from '../../load/children';
import { startBackends } from '../backends/start-backends';
import type { Measured, Verdict } from '../measure/measured';
import { middleOf, type Timed, timeAll } from '../measure/time-all';
import { inTurn, ratioOf } from '../measure/turns';

const started = v.object({ api: v.string(), mailbox: v.string(), host: v.string() });
const loads = [
  { callers: 1, requests: 24 },
  { callers: 16, requests: 64 },
];
const turns = 5;
const people = Array.from({ length: 64 }, (_, n) => `person${n}@bench.example`);
const rounds = loads.length * (turns + 1);
const dbs = Array.from({ length: rounds }, (_, n) => `round${n}`);

/** Asks one of the servers for a new grant on this database. */
type Server = (person: number, db: string) => Promise<void>;

/** The service as `npm start` runs it, beside the Python server that it succeeds, on one MongoDB server. */
export async function measurePeer(): Promise<Measured> {
  const backends = await startBackends(['mongodb']);
  const { hostname, port, username, password } = new URL(backends.adminUri);
  const login = { host: `${hostname}:${port}`, username, password };
  const ours = await startOurs(backends.adminUri);
  const python = await startPython(login);
  const rows: Measured['rows'] = [];
  const verdicts: Verdict[] = [];
  for (const [index, load] of loads.entries()) {
    const from = (server: Server) => {
      let round = index * (turns + 1);
      return () => {
        const db = `round${round++}`;
        const sends = people.slice(0, load.requests).map((_, person) => () => server(person, db));
        return timeAll(load.callers, sends);
      };
    };
    const seen = await inTurn(turns, { ours: from(ours.grant), python: from(python.grant) });
    const figures = (of: Timed[]) => {
      const { p50, p95, perSecond } = middleOf(of);
      return [p50, p95, perSecond].map(Math.round);
    };
    const each = (of: Timed[]) => of.map(({ perSecond }) => perSecond);
    const { ratio, noisy } = ratioOf(each(seen.ours), each(seen.python));
    const value = Number(ratio.toFixed(2));
    rows.push([load.callers, ...figures(seen.ours), ...figures(seen.python), value]);
    const callers = load.callers === 1 ? '1 caller' : `${load.callers} callers`;
    verdicts.push({
      what: `grants a second at ${callers}: local service / Python server`,
      value,
      ...(noisy && { noisy }),
    });
  }
  await Promise.all([ours.close(), python.close()]);
  await backends.close();
  return {
    title: 'Peer',
    how: 'New grants over HTTP from the service as `npm start` runs it, in one process with an emulated DynamoDB, and from the Python server (mongogrant 0.3.3, Flask with threads), which keeps its data in MongoDB, on one MongoDB server. The Python server writes no audit event and no row before the user, and reads no list of words here. The ratio measures the emulated DynamoDB above all.',
    columns: ['callers', 'p50 ms', 'p95 ms', 'a second', 'Python: p50 ms', 'p95 ms', 'a second', 'ours / Python'],
    rows,
    verdicts,
  };
}

async function startOurs(adminUri: string) {
  const child = startChild('../speed/peer/local-service.ts', [adminUri]);
  const { api, mailbox, host } = v.parse(started, await heard(child));
  const admin = await tokenFor('admin@example.com', api, mailbox);
  const rule = { email: '*@bench.example', host, db: '*', role: 'read', which: 'allow' };
  await ask(`${api}/rules`, 'PUT', { token: admin, body: rule });
  // Each mailed link takes a second and a half, see docs/decisions/04-one-answer.md.
  const tokens = await sideBySide(16, people, (email) => tokenFor(email, api, mailbox));
  const grant: Server = async (person, db) => {
    const body = { host, db, role: 'read' };
    const reply = await ask(`${api}/grants`, 'POST', { token: tokens[person] ?? '', body });
    if (reply?.status !== 201) throw new Error(`A grant was refused: ${reply?.status}`);
  };
  return { grant, close: () => leave(child) };
}

async function startPython(login: { host: string; username: string; password: string }) {
  const tokens = people.map((email, n) => [email, `token${n}`]);
  const python = process.env.PYTHON || 'python3';
  const env = { ...process.env, ...(!process.env.PYTHON && { PYTHONPATH: await installPython(python) }) };
  const given = JSON.stringify({ ...login, people: tokens, dbs });
  const child = spawn(python, [join(__dirname, 'python_server.py'), given], {
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const [port] = await Promise.race([once(lines, 'line'), once(lines, 'close')]);
  if (port === undefined) throw new Error('The Python server did not start');
  const grant: Server = async (person, db) => {
    const body = new URLSearchParams({ host: login.host, db, role: 'read' });
    const reply = await fetch(`http://127.0.0.1:${port}/grant/token${person}`, { method: 'POST', body });
    if (reply.status !== 200 || !(await reply.text()).includes('password'))
      throw new Error(`The Python server refused a grant: ${reply.status}`);
  };
  const close = async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  return { grant, close };
}

/** Puts the Python server into a temporary folder. */
async function installPython(python: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mongogrant-python-'));
  const requirements = join(__dirname, 'requirements.txt');
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-warn-conflicts', '--root-user-action=ignore'];
  await promisify(execFile)(python, [...pip, '--target', folder, '--requirement', requirements]);
  return folder;
}
