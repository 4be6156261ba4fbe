import type { Settings } from '../../shared/aws/settings';
import type { EndDeps } from '../../shared/grants/end-grant';
import type { Source } from '../../shared/store/audit';
import type { LivingGrant } from '../../shared/store/grants/row';

export interface ReapDeps extends EndDeps {
  settings: Pick<Settings, 'unaskedAfter'>;
  /** Milliseconds since 1970, as time goes on. */
  clock(): number;
}

export interface ReapRun {
  source: Source;
  /** Milliseconds since 1970. Nothing new is begun after it; the next run goes on. */
  deadline: number;
}

/** What marks grants for their end: it hands them on as it goes, and answers how many of its steps failed. */
export type Marker = (deps: ReapDeps, run: ReapRun, mark: (ending: LivingGrant[]) => void) => Promise<number>;
