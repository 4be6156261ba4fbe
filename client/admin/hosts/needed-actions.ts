/** Something that mongogrant's own login must be allowed to do on a host. */
export interface NeededAction {
  action: string;
  /** `users`: in the database that holds the users; `roles`: in each database that is granted; `cluster`: on the server as a whole. */
  where: 'users' | 'roles' | 'cluster';
  /** Without it no grant can be given and ended. */
  essential: boolean;
  /** What it costs where it is missing. */
  costs: string;
}

/** All that mongogrant asks of a MongoDB server, and no more: what each costs where it is missing. */
const costs: Record<NeededAction['where'], Record<string, string>> = {
  users: {
    createUser: 'No grant can be given.',
    dropUser:
      'No grant can be ended: its user loses its roles, but its name and password stay, and the grant stays pending.',
    viewUser: "mongogrant can't see whose a user is, so no grant can be renewed, changed or ended.",
    changePassword:
      "A known label gets no new password, and a grant that ends can't be locked with one, so that its end is not proved by a login.",
    changeCustomData:
      "The mark with the new expiry can't be written, so renewals and new passwords for a known label are refused.",
    setAuthenticationRestriction:
      "Rules with cidrs can't be served, and the lock of a grant that ends can't bar addresses.",
  },
  roles: {
    grantRole: 'No user can be given its role, so no grant can be given.',
    revokeRole:
      'A grant that ends keeps its role until its user is dropped; where that fails, the login goes on working.',
  },
  cluster: {
    inprog: "mongogrant can't see what a user still has open when its grant ends.",
    killAnySession:
      "Sessions can't be ended: what runs when a grant ends runs on until it is done, and open cursors stay until their timeout. Every later command is refused all the same.",
  },
};
const essential = new Set(['createUser', 'dropUser', 'viewUser', 'grantRole']);

export const neededActions: readonly NeededAction[] = (['users', 'roles', 'cluster'] as const).flatMap((where) =>
  Object.entries(costs[where]).map(([action, cost]) => ({
    ...{ action, where, essential: essential.has(action), costs: cost },
  })),
);
