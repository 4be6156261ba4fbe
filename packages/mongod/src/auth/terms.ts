/** Who is logged in on a connection. The id tells a user from a later one with the same name. */
export interface Login {
  user: string;
  db: string;
  userId: string;
}

/** A role, built in or user-defined. */
export interface RoleName {
  role: string;
  db: string;
}

/** What a privilege is held on. An empty `collection` stands for the database as a whole, an empty `db` for every one. */
export type Resource = { cluster: true } | { db: string; collection: string };

/** One thing that a command is about to do; each is asked for in turn before it runs. */
export interface Need {
  action: string;
  on: Resource;
}

/** A resource as a privilege names it. An empty `db` stands for every normal one, an empty `collection` likewise. */
export type ResourcePattern = { cluster: true } | { anyResource: true } | { db: string; collection: string };

export interface Privilege {
  resource: ResourcePattern;
  actions: readonly string[];
}
