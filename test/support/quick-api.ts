import { spentSources } from '../../functions/request-link/spent-sources';
import type { HostSecret } from '../../shared/aws/host-secret';
import type { Log } from '../../shared/aws/log';
import { parseSettings } from '../../shared/aws/settings';
import { serve } from '../../shared/http/serve';
import type { MongoUsers } from '../../shared/mongo/mongo-users';
import { seconds } from '../../shared/policy/time';
import { putLink, redeemLink } from '../../shared/store/links';
import type { Table } from '../../shared/store/table';
import { signToken } from '../../shared/tokens/fetch-tokens';
import { newLink } from '../../shared/tokens/tokens';
import { everyHost } from './every-host';
import { keepPromises } from './keep-promises';
import { memoryTable } from './memory-table';
import { type Ask, eventOf } from './stage';
import { useCases } from './use-cases';

const keys = { key: 'k'.repeat(64), older: [] };
const stackName = 'mongogrant';
const silent: Log = { info() {}, warn() {}, error() {} };
const nobody = async (): Promise<never> => {
  throw new Error('There is no MongoDB here');
};
const users: MongoUsers = {
  create: nobody,
  update: nobody,
  owner: nobody,
  lock: nobody,
  tryLogin: nobody,
  whoKnows: nobody,
  probe: nobody,
  identify: nobody,
  isDeployment: nobody,
  killSessionsLeft: nobody,
  revokeRoles: nobody,
  killSessions: nobody,
  drop: nobody,
};

/** The hosts of a quick API: without them there are none. */
export interface QuickHosts {
  users: MongoUsers;
  host(name: string): Promise<HostSecret | undefined>;
}

/** The real handlers over one table, by default its twin in memory: for properties that take many thousands of requests. */
export function quickApi(table: Table = memoryTable(), hosts?: QuickHosts, settings: Record<string, unknown> = {}) {
  const now = new Date('2026-11-24T08:00:00.000Z');
  const deps = {
    table,
    secrets: {
      signingKeys: async () => keys,
      linkKeys: async () => keys,
      host: hosts?.host ?? (async () => undefined),
    },
    users: hosts?.users ?? users,
    hosts: everyHost,
    settings: parseSettings({ admins: ['admin@example.com'], mailFrom: 'no-reply@example.com', ...settings }),
    stackName,
    log: silent,
    sendMail: async () => {},
    spent: spentSources(),
    floor: async () => {},
  };
  const handler = keepPromises(serve(useCases, deps, { log: silent, clock: () => now }));

  async function ask(method: string, target: string, options: Ask = {}) {
    const { statusCode: status = 0, body = '' } = await handler(eventOf(method, target, options, now));
    return { status, json: JSON.parse(body) };
  }

  /** A token as a redeemed link leaves it. */
  async function tokenFor(email: string): Promise<string> {
    const link = newLink(keys, email);
    const expiresAt = seconds(now) + 86_400;
    await putLink(table, { ...link, expiresAt });
    await redeemLink(table, link, { expiresAt, now: seconds(now) });
    return signToken(keys, `mongogrant:${stackName}`, { email, id: link.id, expiresAt, issuedAt: seconds(now) });
  }

  return { ask, tokenFor, table, now, deps };
}
