import { setTimeout as wait } from 'node:timers/promises';
import { pollLoginRoute } from '../../shared/contract/routes/poll-login';
import { redeemLinkRoute } from '../../shared/contract/routes/redeem-link';
import { showLinkRoute } from '../../shared/contract/routes/show-link';
import { showStartRoute } from '../../shared/contract/routes/show-start';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { pollLogin } from './poll-login';
import { redeemLink, showLink } from './redeem-link';
import { showStart } from './show-start';
import { verifyToken } from './verify-token';

// More than a look at the table takes; docs/decisions/12-terminal-login.md says why.
const floorMs = 150;

const { deps: base, edge } = openFunction('redeem-link');
const deps = { ...base, floor: () => wait(floorMs) };
const served = [
  on(showStartRoute, showStart),
  on(showLinkRoute, showLink),
  on(redeemLinkRoute, redeemLink),
  on(pollLoginRoute, pollLogin),
  ...(deps.settings.legacyRoutes ? [verifyToken] : []),
];

export const handler = serve(served, deps, edge);
