import * as v from 'valibot';
import type { Host } from '../../../shared/mongo/mongo-servers';
import { reachOf } from '../../../shared/mongo/mongo-uri';
import { heldOn, holds, type ShownPrivileges } from '../../../shared/mongo/privileges';
import { type ActionReport, actionsOn } from './actions-on';
import { type AdminRole, adminRole, adminRoleName, canBeGranted } from './admin-role';
import { neededActions } from './needed-actions';
import { type Flavour, flavourOf, type Sayings, type Topology, topologyOf, versionOf } from './server-kind';
import { type State, stateOf } from './state-notes';

export interface Checked {
  /**
   * `ready`: mongogrant can do all of its work here; `limited`: grants can be given and ended, but see `notes`; `not_usable`: not even
   * that; `unknown`: the server does not tell.
   */
  verdict: 'ready' | 'limited' | 'not_usable' | 'unknown';
  version: string | undefined;
  flavour: Flavour;
  topology: Topology;
  tls: boolean;
  /** Set while the host is being removed, in whole seconds. */
  retiredAt?: number | undefined;
  /** mongogrant's own login there; its roles with those that they inherit. */
  admin: { user: string; db: string; roles: { role: string; db: string }[] };
  actions: ActionReport[];
  /** What an admin should know or mend, a sentence each. */
  notes: string[];
  /** What gives mongogrant's login what it lacks. Only where something is missing that a role can give. */
  role?: AdminRole;
}

const roleName = v.object({ role: v.string(), db: v.string() });
const statusReply = v.object({
  authInfo: v.object({
    authenticatedUsers: v.array(v.object({ user: v.string(), db: v.string() })),
    authenticatedUserRoles: v.array(roleName),
    authenticatedUserPrivileges: v.optional(v.array(v.unknown())),
  }),
});

/** A host, and the databases that are to be granted there: `any` for all. */
export interface Aim {
  host: Host;
  databases: readonly string[] | 'any';
}

/** What a host says, and whether it answers those who did not log in. */
type Found = Sayings & { connectionStatus: unknown; open: boolean };

/** Makes a report of what was found; asks nobody. */
export function judgeHost({ host: { secret }, databases }: Aim, found: Found, now: Date): Checked {
  const { usersDb } = secret;
  const { addresses, tls, loadBalanced } = reachOf(secret);
  const state = stateOf(secret, found, now);
  const flavour = flavourOf(addresses, found);
  const { success, output } = v.safeParse(statusReply, found.connectionStatus);
  const info = success ? output.authInfo : undefined;
  const user = info?.authenticatedUsers[0] ?? { user: secret.username, db: secret.authSource };
  const roles = info?.authenticatedUserRoles ?? [];
  const shown = info?.authenticatedUserPrivileges;
  const actions = actionsOn({ flavour, databases, usersDb, roles, shown });
  const missing = actions.some(({ held }) => held === 'no');
  const tells = actions.every(({ held }) => held !== 'unknown');
  const givable = flavour !== 'Atlas' && flavour !== 'DocumentDB';
  const exists = roles.some(({ role, db }) => role === adminRoleName.role && db === adminRoleName.db);
  // An existing role is replaced as a whole, so the new one must hold what the old one gives.
  const kept = exists ? heldOn(shown, 'grantRole').filter(canBeGranted) : [];
  const named = databases === 'any' ? databases : [...new Set([...databases, ...kept])];
  const role = adminRole({ databases: named, usersDb, user, exists });
  return {
    verdict: verdictOn({ flavour, usersDb, actions }, state),
    version: versionOf(found),
    flavour,
    topology: topologyOf(loadBalanced, found),
    tls,
    retiredAt: secret.retiredAt,
    admin: { ...user, roles },
    actions,
    notes: [
      ...state.notes,
      ...notesOn({ flavour, usersDb, actions }, tls),
      ...(givable && tells && usersDb === undefined ? blindSpots(shown) : []),
    ],
    ...(missing && givable && { role }),
  };
}

/** It is a note and no fault: the privilege shows more than mongogrant should need. */
export const blindSpot =
  'The daily comparison looks for users with our mark only in databases that hold grants or that the privileges of this login name. viewUser on the cluster would let it look into all, but also shows the password hashes of every user.';

const blindSpots = (shown: ShownPrivileges | undefined): string[] =>
  holds(shown, 'viewUser', { cluster: true }) === 'no' ? [blindSpot] : [];

/** What sort of server it is, where it keeps its users, and what the login may do there. */
interface Facts {
  flavour: Flavour;
  usersDb: string | undefined;
  actions: ActionReport[];
}

function verdictOn({ actions, ...server }: Facts, { open, stuck }: State): Checked['verdict'] {
  if (server.flavour === 'Atlas' || lacksUsersDb(server) || stuck) return 'not_usable';
  if (actions.some(({ held, essential }) => held === 'no' && essential)) return 'not_usable';
  if (actions.some(({ held }) => held === 'unknown')) return 'unknown';
  return open || actions.some(({ held }) => held === 'no') ? 'limited' : 'ready';
}

const lacksUsersDb = ({ flavour, usersDb }: Omit<Facts, 'actions'>): boolean =>
  flavour === 'DocumentDB' && usersDb !== 'admin';

function notesOn({ actions, ...server }: Facts, tls: boolean): string[] {
  const costs = neededActions.flatMap(({ action, costs: costsOf }) => {
    const asked = actions.filter((one) => one.action === action);
    const missing = asked.filter(({ held }) => held === 'no');
    if (missing.length === 0) return [];
    // If it is missing everywhere, the places say nothing.
    const places = missing.flatMap(({ on }) => ('db' in on && on.db !== '' ? [on.db] : []));
    return [`No ${action}${missing.length < asked.length ? ` on ${places.join(', ')}` : ''}: ${costsOf}`];
  });
  return [
    ...(server.flavour === 'Atlas'
      ? [
          "Atlas makes users through its own console and API, not by MongoDB's commands: mongogrant can't make users here.",
        ]
      : []),
    ...(lacksUsersDb(server)
      ? ['DocumentDB keeps all users in admin: set usersDb to "admin" in the secret of this host.']
      : []),
    ...(tls ? [] : ['TLS is off: new passwords and all data cross the network in clear.']),
    ...costs,
  ];
}
