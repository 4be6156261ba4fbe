import { anyPorts, startService } from '../../../local/service';
import { noLimits } from '../backends/start-backends';

// A process of its own with all of `npm start`, on a MongoDB server that runs already.
startService({ ports: anyPorts, mongodbUri: process.argv[2], settings: noLimits }).then(
  (service) => {
    process.on('disconnect', () => service.close().finally(() => process.exit(0)));
    process.send?.({ api: service.api, mailbox: service.mailbox, host: service.host });
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
