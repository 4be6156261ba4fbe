import { startGenuine } from './start-genuine';

/** A process that starts a server and waits to be killed; it tells its parent the server's port and folder. */
startGenuine().then(async (server) => {
  const client = server.client();
  const { parsed } = await client.db('admin').command({ getCmdLineOpts: 1 });
  process.send?.({ port: server.port, folder: parsed.storage.dbPath });
});
