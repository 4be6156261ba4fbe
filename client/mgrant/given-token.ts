import { readVariable } from '../sdk/variables';
import { Refused } from './refused';
import type { Session } from './session';

/** For what keeps or forgets a token, or chooses among services: the variable would be used all the same. */
export function refuseGivenToken({ io }: Pick<Session, 'io'>): void {
  if (readVariable(io.env, 'MGRANT_TOKEN') !== undefined)
    throw new Refused('token_given', 'MGRANT_TOKEN is set, and comes before every token that is kept. Unset it first.');
}
