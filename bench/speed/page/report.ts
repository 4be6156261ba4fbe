import type { Measured } from '../measure/measured';

/** One run of the benchmark, as reports/bench.json keeps it. */
export interface Report {
  at: string;
  node: string;
  /** Which MongoDB server was measured. */
  mongodb: string;
  parts: Part[];
}

export interface Part extends Measured {
  name: string;
  seconds: number;
  /** How many processes wanted a processor when it began. */
  busy: number;
}
