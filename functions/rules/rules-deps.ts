import type { Log } from '../../shared/aws/log';
import type { AuthDeps } from '../../shared/http/authenticate';

/** What every route of rules and rulers needs. */
export type RulesDeps = AuthDeps & { log: Log };
