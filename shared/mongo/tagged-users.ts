import * as v from 'valibot';
import { sideBySide } from '../async/side-by-side';
import { grouped } from '../policy/grouped';
import { serverCode } from './mongo-faults';
import { durably, type MongoServers } from './mongo-servers';
import type { Host, UserName } from './mongo-users';
import { heldOn } from './privileges';
import { partsSharer } from './share-parts';
import { cidrsOf, findUsers, type ShownUser, unlessRefused } from './shown-users';
import { isTooLarge, usersInParts } from './users-in-parts';

/** A user with the tag of one stack. Somebody may have edited the tag, so its fields may hold anything. */
export interface TaggedUser extends UserName {
  tag: { grant: string; stack: string; email?: unknown; label?: unknown; expires?: unknown };
  roles: { role: string; db: string }[];
  /** Where the login may come from, empty for anywhere. `other`: not as mongogrant writes it. Missing if the server does not show it. */
  cidrs?: string[] | 'other';
}

/** The users of a host: those of one stack, and the numbers of users with another stack's tag and with none. */
export interface Seen {
  ours: TaggedUser[];
  foreign: number;
  untagged: number;
}

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

const tagged = v.object({
  mongogrant: v.object({
    grant: v.string(),
    stack: v.string(),
    email: v.optional(v.unknown()),
    label: v.optional(v.unknown()),
    expires: v.optional(v.unknown()),
  }),
});
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

function seenIn(shown: readonly ShownUser[], stack: string): Seen {
  const withTags = shown.map((one) => ({ one, tag: tagIn(one) }));
  const marked = withTags.flatMap(({ one, tag }) => (tag ? [{ one, tag }] : []));
  const ours = marked.filter(({ tag }) => tag.stack === stack);
  return {
    ours: ours.map(({ one, tag }) => {
      const { user, db, roles } = one;
      const cidrs = cidrsOf(one);
      return { user, db, roles, tag, ...(cidrs && { cidrs }) };
    }),
    foreign: marked.length - ours.length,
    untagged: shown.length - marked.length,
  };
}

function tagIn({ customData }: ShownUser): TaggedUser['tag'] | undefined {
  const result = v.safeParse(tagged, customData);
  return result.success ? result.output.mongogrant : undefined;
}
