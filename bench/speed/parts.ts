import { measureCold } from './cold/cold';
import { measureFloor } from './floor/floor';
import { measureGrowth } from './growth/growth';
import { measureJobs } from './jobs/jobs';
import type { Measured, Options } from './measure/measured';
import { measurePeer } from './peer/peer';
import { measureTrips } from './trips/trips';

/** The parts of the benchmark, in the order of the page. */
export const parts = {
  floor: measureFloor,
  peer: measurePeer,
  cold: measureCold,
  growth: measureGrowth,
  trips: measureTrips,
  jobs: measureJobs,
} satisfies Record<string, (options: Options) => Promise<Measured>>;

export type PartName = keyof typeof parts;
