import type { Plan } from '../../rules-file/plan-rules';
import type { ClientDeps } from '../../sdk/api/ask-api';
import type { Adoption } from './adopt-user';
import type { Left } from './parse-python';
import type { findHost, SurveyDeps } from './survey-host';

export type PlanDeps = SurveyDeps & ClientDeps & { stackName: string };

export interface PlanOptions {
  now: Date;
  /** Seconds that an adopted login lives from now on; rules may shorten it. */
  ttl: number;
  /** Adopts logins that no rule allows, too, with an end at once. */
  endUncovered: boolean;
  /** Doubtful users to adopt all the same, each as `host/db/username`. */
  named: ReadonlySet<string>;
}

/** A login that would be adopted. `covered`: a rule allows it. */
export type PlannedAdoption = Adoption & { covered: boolean };

/** What an import would do. */
export interface ImportPlan {
  rules: Plan;
  adoptions: PlannedAdoption[];
  /** Logins that are mongogrant's already. */
  ours: number;
  left: Left[];
}

export const hostsAtOnce = 10;

/** The hosts that are named, by their names. */
export type Hosts = Map<string, Awaited<ReturnType<typeof findHost>>>;
