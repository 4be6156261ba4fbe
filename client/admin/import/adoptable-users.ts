import * as v from 'valibot';
import { serverCode } from '../../../shared/mongo/mongo-faults';
import { durably, type MongoServers } from '../../../shared/mongo/mongo-servers';
import type { Host, Tag, UserName } from '../../../shared/mongo/mongo-users';
import { cidrsOf, findUsers, type ShownUser } from '../../../shared/mongo/shown-users';

/** A user who was made by another program, or by us. */
export interface FoundUser extends UserName {
  roles: { role: string; db: string }[];
  /** Somebody's tag: the stack and the grant of one of ours, empty where it can't be read. None for a user without one. */
  tag?: { stack: string; grant: string };
  /** Where the login may come from, empty for anywhere; `other` than mongogrant writes it; none where the server does not tell. */
  cidrs?: string[] | 'other';
  /** What else is noted about the user, and stays. */
  customData: Record<string, unknown>;
}

type Tagging = Pick<FoundUser, 'user' | 'db' | 'customData'>;

const USER_NOT_FOUND = 11;

const anObject = v.record(v.string(), v.unknown());
const ourTag = v.object({ stack: v.string(), grant: v.string() });

export type AdoptableUsers = ReturnType<typeof adoptableUsers>;

/**
 * Users of another program who are to become ours: the one exception to the rule that a user without our tag is never changed. Only an
 * admin with AWS rights, in an import, may do it: no function loads this file.
 */
export function adoptableUsers(servers: Pick<MongoServers, 'command'>) {
  return {
    /** The users with exactly these names, as they are now. */
    look: async (host: Host, names: readonly UserName[]): Promise<FoundUser[]> =>
      (await findUsers(servers, host, names)).map(found),
    /** Adds the tag to what is noted about the user, and changes nothing else. No MongoDB command takes a condition, so look right before. */
    tag: async (host: Host, { user, db, customData }: Tagging, tag: Tag): Promise<'tagged' | 'missing'> => {
      try {
        const change = { customData: { ...customData, mongogrant: tag } };
        await servers.command(host, db, { updateUser: user, ...change, ...durably(host) });
        return 'tagged';
      } catch (fault) {
        if (serverCode(fault) === USER_NOT_FOUND) return 'missing';
        throw fault;
      }
    },
  };
}

function found(shown: ShownUser): FoundUser {
  const { user, db, roles } = shown;
  const customData = v.parse(v.fallback(anObject, {}), shown.customData);
  const tag =
    'mongogrant' in customData && v.parse(v.fallback(ourTag, { stack: '', grant: '' }), customData.mongogrant);
  const cidrs = cidrsOf(shown);
  return { user, db, roles, customData, ...(tag && { tag }), ...(cidrs && { cidrs }) };
}
