import { setTimeout as pause } from 'node:timers/promises';
import { Client, MongograntError } from '../client/index';

// A program that runs for days: it asks for the database in each round, and so always has the one with the newest password.
//   npx tsx examples/work-for-days.mts rw:localhost:27020/demo
const [spec = 'rw:localhost:27020/demo'] = process.argv.slice(2);

const client = new Client({ label: 'worker', onWarning: (warning) => console.error(warning) });
for (;;) {
  try {
    const db = await client.db(spec);
    const { insertedId } = await db.collection('rounds').insertOne({ at: new Date() });
    console.log(`Wrote ${insertedId}`);
  } catch (error) {
    if (!(error instanceof MongograntError)) throw error;
    // Such as a token that has ended: somebody has to log in again, and the program goes on.
    console.error(error.message);
  }
  await pause(60_000);
}
