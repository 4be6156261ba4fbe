import * as v from 'valibot';
import { sideBySide } from '../async/side-by-side';
import { grouped } from '../policy/grouped';
import { serverCode } from './mongo-faults';
import { durably, type MongoServers } from './mongo-servers';
import type { Host, UserName } from './mongo-users';
import { heldOn } from './privileges';
import { partsSharer } from './share-parts';
import { findUsers, unlessRefused } from './shown-users';
import { type Seen, seenIn, type TaggedUser } from './tagged-user';
import { isTooLarge, usersInParts } from './users-in-parts';

/** What a reconciliation asks of a host, besides what ending a grant needs. */
export interface TaggedUsers {
  /**
   * All users that our login there may see. If it may not look into all databases at once, it asks those that its privileges name, and
   * `dbs`, which it asks for only then; `seen` says where it could look.
   */
  list(host: Host, stack: string, dbs: () => Promise<readonly string[]>): Promise<Seen & { seen: 'all' | string[] }>;
  /** The users with exactly these names, as they are now. */
  look(host: Host, stack: string, names: readonly UserName[]): Promise<Seen>;
  grantRoles(
    host: Host,
    name: UserName,
    roles: { role: string; db: string }[],
  ): Promise<'granted' | 'missing' | 'not_offered'>;
}

const atOnce = 4;
const USER_NOT_FOUND = 11;
const UNAUTHORIZED = 13;

const privileges = v.object({ authInfo: v.object({ authenticatedUserPrivileges: v.array(v.unknown()) }) });

export function taggedUsers(servers: Pick<MongoServers, 'command'>): TaggedUsers {
  /** Looks at our users again, part by part; none if our login may not list them. */
  async function listIn(host: Host, stack: string, { db, usersInfo }: { db: string; usersInfo: unknown }) {
    const share = partsSharer();
    const seen: Seen = { ours: [], foreign: 0, untagged: 0 };
    let allowed = false;
    try {
      for await (const shown of usersInParts(servers, host, db, usersInfo)) {
        allowed = true;
        const { ours, foreign, untagged } = seenIn(shown, stack);
        for (const user of await inDetail(host, stack, ours)) seen.ours.push(share(user));
        seen.foreign += foreign;
        seen.untagged += untagged;
      }
      return seen;
    } catch (fault) {
      // Half a list is none, and one that is too large says nothing about our login.
      if (allowed || isTooLarge(fault)) throw fault;
      return unlessRefused(fault);
    }
  }

  /** Asks each database, and finds none where our login may not look. */
  async function eachDatabase(host: Host, stack: string, dbs: readonly string[]) {
    const status = await servers.command(host, 'admin', { connectionStatus: 1, showPrivileges: true });
    const shown = v.safeParse(privileges, status);
    const held = shown.success ? heldOn(shown.output.authInfo.authenticatedUserPrivileges, 'viewUser') : [];
    const parts = await sideBySide(atOnce, [...new Set([...held, ...dbs])], async (db) => {
      const found = await listIn(host, stack, { db, usersInfo: 1 });
      return found && { ...found, seen: [db] };
    });
    return sum(parts.filter((one) => one !== undefined));
  }

  const look = async (host: Host, stack: string, names: readonly UserName[]): Promise<Seen> =>
    seenIn(await findUsers(servers, host, names), stack);

  /** Adds what only a look at each name shows. If our login may list users but not look at one, they stay as they are. */
  async function inDetail(host: Host, stack: string, ours: TaggedUser[]): Promise<TaggedUser[]> {
    const all = await look(host, stack, ours).catch(unlessRefused);
    if (all) return all.ours;
    const homes = [...grouped(ours, ({ db }) => db).values()];
    const looked = await sideBySide(atOnce, homes, async (home) => {
      const found = await look(host, stack, home).catch(unlessRefused);
      return found ? found.ours : home;
    });
    return looked.flat();
  }

  return {
    async list(host, stack, dbs) {
      const all = await listIn(host, stack, { db: 'admin', usersInfo: { forAllDBs: true } });
      return all ? { ...all, seen: 'all' } : eachDatabase(host, stack, await dbs());
    },
    look,
    async grantRoles(host, { user, db }, roles) {
      try {
        await servers.command(host, db, { grantRolesToUser: user, roles, ...durably(host) });
        return 'granted';
      } catch (fault) {
        const code = serverCode(fault);
        if (code === USER_NOT_FOUND) return 'missing';
        if (code === UNAUTHORIZED) return 'not_offered';
        throw fault;
      }
    },
  };
}

function sum(parts: (Seen & { seen: string[] })[]): Seen & { seen: string[] } {
  return {
    ours: parts.flatMap(({ ours }) => ours),
    foreign: parts.reduce((total, { foreign }) => total + foreign, 0),
    untagged: parts.reduce((total, { untagged }) => total + untagged, 0),
    seen: parts.flatMap(({ seen }) => seen),
  };
}
