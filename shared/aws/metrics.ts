import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const serviceName = 'mongogrant';

/** CloudWatch keeps a figure by its name and these dimensions. A reader must name them, too. */
export const ownDimensions = { service: serviceName };

const figures = {
  OldestOverdueSeconds: MetricUnit.Seconds,
  OldestJobSeconds: MetricUnit.Seconds,
  GrantsDue: MetricUnit.Count,
  GrantsEnded: MetricUnit.Count,
  IncompleteProofs: MetricUnit.Count,
  UnsettledGrants: MetricUnit.Count,
  SilentHosts: MetricUnit.Count,
  OrphanUsers: MetricUnit.Count,
  LostUsers: MetricUnit.Count,
  DriftedUsers: MetricUnit.Count,
} as const;
export type Figure = keyof typeof figures;

/** The figures that alarms watch, written to the log in CloudWatch's embedded metric format. */
export interface ServiceMetrics {
  reaped(run: {
    due: number;
    ended: number;
    oldestOverdue: number;
    oldestJob: number;
    incomplete: number;
    unsettled: number;
    silent: string[];
  }): void;
  reconciled(run: { orphans: number; lost: number; drifted: number }): void;
}

/** `namespace`: the stack's name, as in infra/alarms.ts. */
export function emfMetrics(namespace: string): ServiceMetrics {
  const metrics = new Metrics({ namespace, serviceName });
  const write = (values: Partial<Record<Figure, number>>) => {
    for (const [name, unit] of Object.entries(figures)) {
      const value = values[name as Figure];
      if (value !== undefined) metrics.addMetric(name, unit, value);
    }
    metrics.publishStoredMetrics();
  };
  return {
    reaped: ({ due, ended, oldestOverdue, oldestJob, incomplete, unsettled, silent }) =>
      write({
        OldestOverdueSeconds: oldestOverdue,
        OldestJobSeconds: oldestJob,
        GrantsDue: due,
        GrantsEnded: ended,
        IncompleteProofs: incomplete,
        UnsettledGrants: unsettled,
        SilentHosts: silent.length,
      }),
    reconciled: ({ orphans, lost, drifted }) => write({ OrphanUsers: orphans, LostUsers: lost, DriftedUsers: drifted }),
  };
}
