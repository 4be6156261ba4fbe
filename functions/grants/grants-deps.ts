import type { Log } from '../../shared/aws/log';
import type { AuthDeps } from '../../shared/http/authenticate';

/** What the routes of what is open to somebody need. */
export type GrantsDeps = AuthDeps & { log: Log };
