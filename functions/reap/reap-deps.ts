import type { Settings } from '../../shared/aws/settings';
import type { EndDeps } from '../../shared/grants/end-grant';
import type { Source } from '../../shared/store/audit';
import type { LivingGrant } from '../../shared/store/grants/row';

export interface ReapDeps extends EndDeps {
  settings: Pick<Settings, 'unaskedAfter'>;
  /** The time now, in milliseconds since 1970. */
  clock(): number;
}

export interface ReapRun {
  source: Source;
  /** Milliseconds since 1970. After it nothing new begins, and the next run goes on. */
  deadline: number;
}

/** Marks grants for their end, hands each to `mark` at once, and answers how many of its steps failed. */
export type Marker = (deps: ReapDeps, run: ReapRun, mark: (ending: LivingGrant[]) => void) => Promise<number>;
