import * as v from 'valibot';
import { db, host, label, role } from '../fields/access';
import { ttl } from '../fields/times';
import type { Route, RouteWords } from '../route';

/** Why a grant can't be made or changed although a rule allows it. */
export const atTheHost = [
  'grant_busy',
  'grant_revoked',
  'grant_unreadable',
  'user_not_ours',
  'host_refused',
  'host_unreachable',
] as const;

export const grantCredentialsRoute = {
  method: 'POST',
  path: '/grants',
  function: 'grant-credentials',
  body: v.strictObject({ host, db, role, label: v.optional(label, ''), ttl: v.optional(ttl) }),
  answers: { 201: ['grant'] },
  refuses: ['not_allowed', 'too_many_grants', ...atTheHost],
} as const satisfies Route;

export const grantCredentialsWords: RouteWords = {
  id: 'grantCredentials',
  tag: 'Grants',
  summary: 'Ask for a login',
  description:
    'Makes a MongoDB user for you and answers its username and password, once: they are stored nowhere. With a label that you hold already, the same user gets a new password and a new end; another label makes another user, so that a new login breaks no running job. `ttl` is cut to what the rules and the service allow; `expires` in the answer says what it came to. `ca` is there for a host with authorities of its own: save it to a file, and add `&tlsCAFile=` with that file to `uri`.',
  bodyName: 'GrantInput',
  example: { host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite', label: 'laptop', ttl: '7 d' },
};
