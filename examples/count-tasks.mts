import { Client } from '../client/index';

// How many tasks a database holds. Outside of this repository, import from 'mongogrant'.
//   npx tsx examples/count-tasks.mts ro:mongodb03.lab.org/fireworks
const [spec = 'rw:localhost:27020/demo'] = process.argv.slice(2);

const client = new Client({ label: 'count-tasks' });
try {
  const db = await client.db(spec);
  console.log(await db.collection('tasks').countDocuments());
} finally {
  await client.close();
}
