import { MongoClient } from 'mongodb';
import { anyPorts, type Service, startService } from '../../local/service';
import { type RealClient, realClients } from './clients';
import { tryFormats } from './formats/try-formats';
import { logIn, type Member } from './member';
import { tryPrivateCa } from './private-ca';
import { steps } from './steps';
import { type Count, takeSteps } from './take-steps';
import { Trial } from './trial';

/** `npm run test:clients`: logins granted by mongogrant, proved with clients as people have them. */
async function run(): Promise<boolean> {
  const wanted = process.argv.slice(2);
  const service = await startService({ ports: anyPorts, mongodbUri: process.env.MONGODB_URI || undefined });
  const count: Count = { passed: 0, failed: 0 };
  try {
    const member = await logIn(service);
    const able: RealClient[] = [];
    for (const client of realClients) {
      if (wanted.length > 0 && !wanted.includes(client.name)) continue;
      if (await tryOut(client, service, member, count)) able.push(client);
      else console.error(`SKIPPED: ${client.name} on a host with an authority of its own.`);
    }
    const deployment = { ...service, admin: await logIn(service, 'admin@example.com') };
    await tryPrivateCa(deployment, able, count);
    await tryFormats(deployment, wanted, count);
  } finally {
    await service.close();
  }
  console.log(`${count.passed} passed, ${count.failed} failed`);
  return count.failed === 0 && count.passed > 0;
}

/** Whether the client could go through it all. */
async function tryOut(client: RealClient, service: Service, member: Member, count: Count): Promise<boolean> {
  const running = client.start();
  const trial = new Trial(running, member, service.host, `demo_${client.name}`);
  try {
    return await takeSteps(client, trial, steps, count);
  } finally {
    await running.end();
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
