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

/** Not judged, or not set right, and why. */
export type Left = { state: 'left'; reason: string };

/** `done`: something was changed. `nothing`: on a second look all was well. */
export type Outcome = { state: 'done' | 'nothing' } | Left;

export const left = (reason: string): Left => ({ state: 'left', reason });
