import { together } from '../../../shared/async/together';
import { canHoldUsers } from '../../../shared/aws/host-secret';
import type { Secrets } from '../../../shared/aws/secrets';
import { HostRefused, SecretUnusable } from '../../../shared/contract/errors';
import { type LoginFault, loginFault } from '../../../shared/mongo/mongo-faults';
import type { Host, Message, MongoServers } from '../../../shared/mongo/mongo-servers';
import { badAddresses } from '../../../shared/mongo/mongo-uri';
import { explainSilence } from './explain-silence';
import { type Aim, type Checked, judgeHost } from './judge-host';

/** What was found out about a host. Holds no password, and nothing that the server was not asked for. */
export type HostReport =
  | { host: string; state: 'unknown_host' }
  | { host: string; state: 'unusable'; reason: LoginFault['reason']; detail: string }
  | ({ host: string; state: 'checked' } & Checked);

/** The check of a host that is registered, with the secret that functions use. */
export async function checkRegisteredHost(
  { secrets, servers }: { secrets: Pick<Secrets, 'host'>; servers: Pick<MongoServers, 'command'> },
  { host: name, databases }: Omit<Aim, 'host'> & { host: string },
  now: Date,
): Promise<HostReport> {
  try {
    const secret = await secrets.host(name, 'fresh');
    if (!secret) return { host: name, state: 'unknown_host' };
    return await checkHost(servers, { host: { name, secret }, databases }, now);
  } catch (fault) {
    if (fault instanceof SecretUnusable)
      return { host: name, state: 'unusable', reason: 'bad_secret', detail: `${fault.message}.` };
    throw fault;
  }
}

/**
 * Logs in as mongogrant does, asks what the login may do, and changes nothing. Throws RangeError for a database that is never
 * granted.
 */
export async function checkHost(servers: Pick<MongoServers, 'command'>, aim: Aim, now: Date): Promise<HostReport> {
  const { host } = aim;
  const ask = (command: Message) =>
    servers.command(host, 'admin', command).catch((fault: unknown) => {
      if (fault instanceof HostRefused && !loginFault(fault)) return undefined;
      throw fault;
    });
  const unusable = (reason: LoginFault['reason'], detail: string) => {
    return { host: host.name, state: 'unusable' as const, reason, detail };
  };
  const { usersDb, authSource, username } = host.secret;
  const badUsersDb = usersDb !== undefined && !canHoldUsers(usersDb);
  const bad = [...badAddresses(host.secret), ...(badUsersDb ? ['usersDb'] : [])];
  if (bad.length > 0) return unusable('bad_secret', `The secret of ${host.name} has no usable ${bad.join(', ')}.`);
  try {
    // Asks this alone: when several begin a connection together, only some learn why it fails.
    const hello =
      (await ask({ hello: 1, saslSupportedMechs: `${authSource}.${username}` })) ?? (await ask({ hello: 1 }));
    const rest = [{ buildInfo: 1 }, { atlasVersion: 1 }, { connectionStatus: 1, showPrivileges: true }];
    const [open, ...replies] = await together([isOpen(servers, host), ...rest.map(ask)]);
    const [buildInfo, atlasVersion, connectionStatus] = replies;
    const found = { hello, buildInfo, atlasVersion, connectionStatus, open };
    return { host: host.name, state: 'checked', ...judgeHost(aim, found, now) };
  } catch (fault) {
    const why = loginFault(fault);
    if (!why) throw fault;
    return unusable(why.reason, sentence(host, why, fault));
  }
}

/**
 * Whether somebody who did not log in is told what only a login may see. If the attempt finds nothing out, that does not count against the
 * host.
 */
async function isOpen(servers: Pick<MongoServers, 'command'>, { name, secret }: Host): Promise<boolean> {
  const stranger = { name: `${name}, without a login`, secret: { ...secret, username: '', password: '' } };
  return servers.command(stranger, 'admin', { listDatabases: 1, nameOnly: true }).then(
    () => true,
    () => false,
  );
}

function sentence({ name: host, secret }: Host, { reason, code }: LoginFault, fault: unknown): string {
  // Only the driver knows what is wrong with it, and the driver's message would quote it.
  if (reason === 'bad_secret')
    return `The secret of ${host} has no usable ${secret.uri === undefined ? 'host' : 'uri'}.`;
  if (reason === 'login_refused')
    return `${host} answers, but refuses mongogrant's login: a wrong name or password, or one of another database than authSource.`;
  return explainSilence({ name: host, secret }, fault, code);
}
