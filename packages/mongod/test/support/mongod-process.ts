import { startMongod } from '../../src/start-mongod';

/** The embedded server in a process of its own, over the folder that it is given; it tells its parent the port. */
const [dataDir] = process.argv.slice(2);
const admin = { username: 'admin', password: 'admin-password' };
startMongod({ admin, dataDir }).then(({ port }) => process.send?.(port));
