import { setTimeout as wait } from 'node:timers/promises';
import { sesMailer } from '../../shared/aws/mailer';
import { getTokenRoute } from '../../shared/contract/routes/get-token';
import { requestLinkRoute } from '../../shared/contract/routes/request-link';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { getToken } from './get-token';
import { requestLink } from './request-link';
import { spentSources } from './spent-sources';

// More than the work takes; docs/decisions/04-one-answer.md has the figures.
const floorMs = 1500;

const { env, deps: base, edge } = openFunction('request-link');
const deps = {
  ...base,
  sendMail: sesMailer(base.settings, env.configurationSet),
  spent: spentSources(),
  floor: () => wait(floorMs),
};
const served = [
  on(requestLinkRoute, requestLink),
  ...(deps.settings.legacyRoutes ? [on(getTokenRoute, getToken)] : []),
];

export const handler = serve(served, deps, edge);
