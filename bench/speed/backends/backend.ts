import { startDynamoDb } from '../../../local/dynamodb';
import { startMailbox } from '../../../local/mailbox';
import { startMongoDb } from '../../../local/mongodb';
import { startSecretsManager } from '../../../local/secrets-manager';

// A process of its own for one backend, so that it does not eat the core of what is measured. It runs until its parent is gone.
const portless = { port: 0 };
const starts = {
  dynamodb: async () => ({ backend: await startDynamoDb(portless) }),
  secretsManager: async () => ({ backend: await startSecretsManager(portless) }),
  ses: async () => ({ backend: await startMailbox(portless) }),
  mongodb: async () => {
    const backend = await startMongoDb({ ...portless, binary: process.env.MONGOD || undefined });
    return { backend: { ...backend, port: Number(backend.secret.port) }, secret: backend.secret };
  },
};
export type BackendName = keyof typeof starts;

async function start(name: BackendName): Promise<void> {
  const { backend, ...more } = await starts[name]();
  process.on('disconnect', () => backend.close().finally(() => process.exit(0)));
  process.send?.({ port: backend.port, ...more });
}

start(process.argv[2] as BackendName).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
