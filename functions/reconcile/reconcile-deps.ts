import type { EndDeps } from '../../shared/grants/end-grant';
import type { Host } from '../../shared/mongo/mongo-users';
import type { TaggedUsers } from '../../shared/mongo/tagged-users';
import type { Source } from '../../shared/store/audit';

export interface ReconcileDeps extends EndDeps {
  tagged: TaggedUsers;
  /** The names of all registered hosts. */
  hosts(): Promise<string[]>;
  stackName: string;
  /** Milliseconds since 1970, as time goes on. */
  clock(): number;
}

/** One act of a run: on which host, and in whose name it is on record. */
export interface Act {
  host: Host;
  source: Source;
}

export const by = 'mongogrant';

/** `done`: something was changed. `nothing`: on a second look all was well. Anything else says why it was left. */
export type Outcome = 'done' | 'nothing' | { left: string };
