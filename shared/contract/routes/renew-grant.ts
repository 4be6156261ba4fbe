import type { Route, RouteWords } from '../route';
import { atTheHost, grantCredentialsRoute } from './grant-credentials';

export const renewGrantRoute = {
  method: 'POST',
  path: '/grants/renew',
  function: 'grant-credentials',
  body: grantCredentialsRoute.body,
  answers: { 200: ['renewed'] },
  refuses: ['not_allowed', 'grant_unknown', ...atTheHost],
} as const satisfies Route;

export const renewGrantWords: RouteWords = {
  id: 'renewGrant',
  tag: 'Grants',
  summary: 'Renew a login',
  description:
    'Sets a new end, counted from now, and keeps the password. So a shorter `ttl` moves the end forward. What has ended can not be renewed: ask for a new login.',
  bodyName: 'GrantInput',
  example: { host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite', label: 'laptop', ttl: '30 d' },
};
