import { firstMember } from './seed';
import type { Service } from './service';
import { inCommands } from './story';

/** What `npm start` prints. */
export function walkThrough(
  service: Pick<Service, 'api' | 'mailbox' | 'dynamodb' | 'secretsManager' | 'host' | 'forAdmins' | 'given'>,
  dataDir: string | undefined,
): string {
  const parts = [
    ['API', service.api],
    ['mailbox', service.mailbox],
    ['DynamoDB', service.dynamodb],
    ['Secrets Manager', service.secretsManager],
    ['MongoDB', service.host],
  ].map(([name, address]) => `  ${name?.padEnd(16)} ${address}`);
  return [
    'mongogrant is running, on this machine only:',
    '',
    ...parts,
    '',
    ...whatIsKept(service, dataDir),
    'For mgrant hosts and mgrant import:',
    '',
    service.forAdmins,
    '',
    'Try it in another terminal:',
    '',
    inCommands(service),
    '',
    `# Or with mgrant (README, "I run the service"): mgrant login ${firstMember} --endpoint ${service.api}`,
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

function whatIsKept({ given, host }: Pick<Service, 'given' | 'host'>, dataDir: string | undefined): string[] {
  if (!dataDir) return ['State is in memory only (DATA_DIR names a folder to keep it).'];
  const kept = `State is kept in ${dataDir}.`;
  return given
    ? [kept, `Logins on ${host} outlive this service; whenever it runs, it ends those that are due.`]
    : [kept];
}
