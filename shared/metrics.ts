import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/** Figures that alarms look at, written to the log in CloudWatch's embedded metric format. */
export interface ServiceMetrics {
  reaped(figures: {
    due: number;
    ended: number;
    oldestOverdue: number;
    incomplete: number;
    unsettled: number;
    silent: string[];
  }): void;
  reconciled(figures: { orphans: number; lost: number; drifted: number }): void;
}

/** `namespace`: the name of the stack, as infra/alarms.ts has it. */
export function emfMetrics(namespace: string): ServiceMetrics {
  const metrics = new Metrics({ namespace, serviceName: 'mongogrant' });
  return {
    reaped({ due, ended, oldestOverdue, incomplete, unsettled, silent }) {
      metrics.addMetric('OldestOverdueSeconds', MetricUnit.Seconds, oldestOverdue);
      metrics.addMetric('GrantsDue', MetricUnit.Count, due);
      metrics.addMetric('GrantsEnded', MetricUnit.Count, ended);
      metrics.addMetric('IncompleteProofs', MetricUnit.Count, incomplete);
      metrics.addMetric('UnsettledGrants', MetricUnit.Count, unsettled);
      metrics.addMetric('SilentHosts', MetricUnit.Count, silent.length);
      metrics.publishStoredMetrics();
    },
    reconciled({ orphans, lost, drifted }) {
      metrics.addMetric('OrphanUsers', MetricUnit.Count, orphans);
      metrics.addMetric('LostUsers', MetricUnit.Count, lost);
      metrics.addMetric('DriftedUsers', MetricUnit.Count, drifted);
      metrics.publishStoredMetrics();
    },
  };
}
