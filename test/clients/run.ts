import { MongoClient } from 'mongodb';
import { anyPorts, type Service, startService } from '../../local/service';
import { type RealClient, realClients } from './clients';
import { logIn, type Member } from './member';
import { steps } from './steps';
import { Trial } from './trial';

/** `npm run test:clients`: logins granted by mongogrant, proved with clients as people have them. */
async function run(): Promise<boolean> {
  const wanted = process.argv.slice(2);
  const service = await startService({ ports: anyPorts, mongodbUri: process.env.MONGODB_URI || undefined });
  const count = { passed: 0, failed: 0 };
  try {
    const member = await logIn(service);
    for (const client of realClients) {
      if (wanted.length === 0 || wanted.includes(client.name)) await tryOut(client, service, member, count);
    }
  } finally {
    await service.close();
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 && count.passed > 0;
}

async function tryOut(
  { name, start, needs }: RealClient,
  service: Service,
  member: Member,
  count: { passed: number; failed: number },
): Promise<void> {
  const mine = steps.filter((step) => !('only' in step) || step.only === name);
  const client = start();
  const trial = new Trial(client, member, service.host, `demo_${name}`);
  try {
    for (const step of mine) {
      const fault = await trial.take(step);
      console.log(`${fault === undefined ? 'ok    ' : 'FAILED'}  ${name.padEnd(7)}  ${trial.tell(step)}${fault ?? ''}`);
      count[fault === undefined ? 'passed' : 'failed']++;
      if (fault === undefined || !trial.over) continue;
      const left = mine.length - mine.indexOf(step) - 1;
      console.log(`        ${name} can't go on, so ${left} more were not tried. It needs: ${needs}`);
      count.failed += left;
      break;
    }
  } finally {
    await client.end();
    await tidy(service, member, trial.db);
  }
}

/** A server of somebody's own is left as it was found. */
async function tidy(service: Service, member: Member, db: string): Promise<void> {
  await member.revokeAll();
  const admin = new MongoClient(service.adminUri);
  await admin.db(db).dropDatabase();
  await admin.close();
}

run().then(
  (passed) => {
    process.exitCode = passed ? 0 : 1;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
