import type { Measured } from '../measure/measured';

/** What reports/bench.json keeps: each part as it was last measured. */
export interface Report {
  /** How many processes wanted a processor when the last run began. */
  busy: number;
  parts: Part[];
}

export interface Part extends Measured {
  name: string;
  seconds: number;
  at: string;
  node: string;
  /** Which MongoDB server was measured. */
  mongodb: string;
}
