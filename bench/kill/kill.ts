import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { setEnvironment } from '../../local/functions';
import { findFreePort } from '../../local/genuine/free-port';
import { dynamoTable } from '../../shared/store/table';
import type { Heard, Load } from '../load/acts';
import { ask, tokenFor } from '../load/ask';
import { leave, loadService, serve, startDatabases } from '../load/children';
import { judge } from '../load/judge';
import { settledGrants, taggedUsers, tryAll } from '../load/see';
import { live, rule } from './people';

// 20 people ask for logins, renew and revoke them, and an admin changes rules, while the service is killed (signal 9) at random moments
// and starts again. Its databases live on. Then every password that was handed out is tried: it works if and only if its grant lives.
const seconds = Number(process.argv[2] ?? 60);
const emails = Array.from({ length: 20 }, (_, n) => `person${n}@load.org`);
const longestLife = 6000;

/** Kills the service at random moments. Returns the service that runs at the end, and the number of kills. */
async function killAgainAndAgain(environment: object, first: ChildProcess, until: number) {
  let service = first;
  let kills = 0;
  while (Date.now() < until) {
    const [next] = await Promise.all([loadService(environment, 2), wait(Math.random() * longestLife)]);
    service.kill('SIGKILL');
    await once(service, 'exit');
    kills++;
    service = await serve(next);
  }
  return { service, kills };
}

async function main(): Promise<void> {
  const api = `http://localhost:${await findFreePort()}`;
  const { environment, host, adminUri, child: stay } = await startDatabases(api);
  setEnvironment(environment);
  const first = await serve(await loadService(environment, 2));
  const admin = await tokenFor('admin@example.com', api, environment.ses);
  const allow = { email: '*@load.org', host, db: 'demo*', role: 'readWrite', which: 'allow' };
  await ask(`${api}/rules`, 'PUT', { token: admin, body: allow });
  const tokens: string[] = [];
  for (const email of emails) tokens.push(await tokenFor(email, api, environment.ses));

  const end = Date.now() + seconds * 1000;
  const answers = new Map<string, number>();
  const hear = ({ route, reply }: Heard) => {
    const kind = `${route} ${reply ? reply.status || 'nobody there' : 'no answer'}`;
    answers.set(kind, (answers.get(kind) ?? 0) + 1);
  };
  const life: Load = { api, hear, over: () => Date.now() > end };
  const [{ service, kills }, , ...lives] = await Promise.all([
    killAgainAndAgain(environment, first, end),
    rule(life, host, emails, admin),
    ...emails.map((email, n) => live(life, host, email, tokens[n] ?? '')),
  ]);
  const accounts = lives.flat();
  const passwords = accounts.flatMap((account) => account.passwords);
  console.log(`killed ${kills} times in ${seconds} s; ${passwords.length} passwords handed out. Answers:`);
  for (const [kind, count] of [...answers].sort()) console.log(`  ${String(count).padStart(6)}  ${kind}`);

  const rows = await settledGrants(dynamoTable(environment.tableName));
  const working = await tryAll(passwords);
  const users = await taggedUsers(adminUri);
  const unsure = passwords.filter(({ standing }) => standing === 'unsure').length;
  console.log(
    `${rows.length} grants live, ${users.length} users, ${working.size} passwords work (of ${unsure} nobody can know)`,
  );
  const wrong = Object.entries(judge({ accounts, rows, users, works: (password) => working.has(password) }));
  for (const [what, found] of wrong) console.log(`${String(found.length).padStart(6)}  ${what}`, ...found.slice(0, 3));
  service.kill('SIGKILL');
  await leave(stay);
  process.exitCode = kills === 0 || working.size === 0 || wrong.some(([, found]) => found.length > 0) ? 1 : 0;
}

main();
