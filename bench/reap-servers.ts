import { startMongod } from 'embedded-mongod';
import { startDynamoDb } from '../local/dynamodb';
import { workOf } from './load/work';

// A process of its own with `dynamodb`, or with some embedded MongoDB servers. It tells its parent their ports, and, when asked, its
// processor time.
const [what = '', username = '', password = ''] = process.argv.slice(2);
const ports =
  what === 'dynamodb'
    ? [startDynamoDb({ port: 0 })]
    : Array.from({ length: Number(what) }, () => startMongod({ admin: { username, password } }));

Promise.all(ports).then((started) => process.send?.(started.map(({ port }) => port)));
process.on('message', () => process.send?.(workOf()));
process.on('disconnect', () => process.exit(0));
