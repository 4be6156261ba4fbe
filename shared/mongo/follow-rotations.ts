import { isDeepStrictEqual } from 'node:util';
import type { HostSecret, Secrets } from '../aws/secrets';
import { isLoginRefused } from './mongo-faults';
import type { Host, Message, MongoServers } from './mongo-servers';

/**
 * Servers that follow rotations of admin passwords: if the login is refused and the command was not sent, it is sent again with the new
 * login, if there is one.
 */
export function followRotations<S extends MongoServers>(servers: S, secrets: Pick<Secrets, 'otherLogin'>): S {
  const followed = new Map<string, { refused: HostSecret; next: HostSecret }>();

  /** A request keeps the secret that it began with. This returns the one that replaced it. */
  function latest(host: Host): Host {
    const known = followed.get(host.name);
    return known && isDeepStrictEqual(known.refused, host.secret) ? { ...host, secret: known.next } : host;
  }

  async function command(asked: Host, db: string, message: Message): Promise<Message> {
    const host = latest(asked);
    try {
      return await servers.command(host, db, message);
    } catch (fault) {
      if (!isLoginRefused(fault)) throw fault;
      // If the secret can't be read, the caller gets the host's refusal, which says more.
      const next = await secrets.otherLogin(host.name, host.secret).catch(() => undefined);
      if (!next) throw fault;
      followed.set(host.name, { refused: asked.secret, next });
      return servers.command({ ...host, secret: next }, db, message);
    }
  }

  return {
    ...servers,
    command,
    latest,
    members: (host) => servers.members(latest(host)),
    visit: (host, ...values) => servers.visit(latest(host), ...values),
    tryLogin: (host, ...values) => servers.tryLogin(latest(host), ...values),
  };
}
