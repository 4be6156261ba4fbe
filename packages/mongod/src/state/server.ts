import { BSON } from 'mongodb';
import type { Roles } from '../auth/roles';
import type { Users } from '../auth/users';
import type { Data } from '../data/data';
import type { Connection } from './connection';
import type { Cursors } from './cursors';
import type { Operations } from './operations';
import type { Sessions } from './sessions';

/** Everything that commands work on. */
export interface Server {
  users: Users;
  roles: Roles;
  data: Data;
  cursors: Cursors;
  sessions: Sessions;
  operations: Operations;
  /** Open connections by their id. */
  connections: Map<number, Connection>;
  /** Tells this run of the server from others, in `topologyVersion`. */
  processId: BSON.ObjectId;
  startedAt: Date;
  host: string;
  port: number;
}

/** How things stand, for monitors: they stay so for as long as this server runs. */
export const topologyVersionOf = ({ processId }: Server) => ({ processId, counter: BSON.Long.ZERO });
