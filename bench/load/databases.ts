import { startDynamoDb } from '../../local/dynamodb';
import { setEnvironment } from '../../local/functions';
import { localSettings } from '../../local/local-settings';
import { startMailbox } from '../../local/mailbox';
import { startMongoDb } from '../../local/mongodb';
import { startSecretsManager } from '../../local/secrets-manager';
import { prepare } from '../../local/service';
import { workOf } from './work';

// A process of its own: everything that a service needs. It runs until the process that started it is gone.
async function start(origin: string): Promise<void> {
  const links = { linkCooldown: '0 s', linksPerDay: 1000, linksPerHourPerIp: 100_000 };
  const limits = { ...links, newAddressesPerDomainPerHour: 100_000 };
  const { settings, stackName, written } = localSettings(limits);
  const [dynamodb, secrets, mailbox, mongodb] = await Promise.all([
    startDynamoDb({ port: 0 }),
    startSecretsManager({ port: 0 }),
    startMailbox({ port: 0 }),
    startMongoDb({ port: 0, binary: process.env.MONGOD || undefined }),
  ]);
  process.on('disconnect', () => mongodb.close().finally(() => process.exit(0)));
  const address = ({ port }: { port: number }) => `http://localhost:${port}`;
  const environment = {
    ...{ tableName: 'mongogrant', stackName, settings: written, origin },
    ...{ dynamodb: address(dynamodb), secretsManager: address(secrets), ses: address(mailbox) },
  };
  setEnvironment(environment);
  await prepare(settings.secretPrefix, mongodb);
  process.send?.({ environment, host: mongodb.host, adminUri: mongodb.adminUri });
  process.on('message', () => process.send?.(workOf()));
}

start(process.argv[2] ?? '').catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
