import type { Stand } from './stand';

/** One fact about one program, shown with the program itself; rejects if it does not hold. */
export interface Proof {
  program: string;
  fact: string;
  show(): Promise<void>;
}

export type Proofs = (stand: Stand) => readonly Proof[];
