import type { EndDeps } from '../../shared/grants/end-grant';
import type { Host } from '../../shared/mongo/mongo-users';
import type { TaggedUsers } from '../../shared/mongo/tagged-users';
import type { Source } from '../../shared/store/audit';

export interface ReconcileDeps extends EndDeps {
  tagged: TaggedUsers;
  /** The names of all registered hosts. */
  hosts(): Promise<string[]>;
  stackName: string;
  /** The time now, in milliseconds since 1970. */
  clock(): number;
}

/** One act of a run: its host, and the source that the audit log names. */
export interface Act {
  host: Host;
  source: Source;
}

export const by = 'mongogrant';

/** Why something was not judged or not repaired. */
export type Left = { state: 'left'; reason: string };

/** `done`: something was changed. `nothing`: the second look found no mistake. */
export type Outcome = { state: 'done' | 'nothing' } | Left;

export const left = (reason: string): Left => ({ state: 'left', reason });
