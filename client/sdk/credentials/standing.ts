import type { MongograntError } from '../mongogrant-error';
import type { Grant } from '../replies';
import type { Credential } from '../settings/credentials';

/** What the service says of a held credential. `unknown`: somebody else gave it, or the service could not be asked. */
export type Standing =
  | { state: 'good' | 'gone' }
  | { state: 'replaced'; grant: Pick<Grant, 'passwordIssued'> }
  | { state: 'unknown'; failure?: MongograntError };

/** The last look at a credential, so that a program looks once. */
export interface Look {
  credential: Credential;
  standing: Promise<Standing>;
  over: boolean;
}
