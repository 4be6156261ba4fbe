import type { RouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

const atTheHost = [
  'grant_busy',
  'grant_revoked',
  'grant_unreadable',
  'user_not_ours',
  'host_refused',
  'host_unreachable',
] as const;

export const grantOperations = {
  'POST /grants': {
    id: 'grantCredentials',
    tag: 'Grants',
    summary: 'Ask for a login',
    description:
      'Makes a MongoDB user for you and answers its username and password, once: they are stored nowhere. With a label that you hold already, the same user gets a new password and a new end; another label makes another user, so that a new login breaks no running job. `ttl` is cut to what the rules and the service allow; `expires` in the answer says what it came to. `ca` is there for a host with authorities of its own: save it to a file, and add `&tlsCAFile=` with that file to `uri`.',
    body: 'grant',
    example: { host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite', label: 'laptop', ttl: '7 d' },
    answers: { 201: ['grant'] },
    refusals: ['not_allowed', 'too_many_grants', ...atTheHost],
  },
  'POST /grants/renew': {
    id: 'renewGrant',
    tag: 'Grants',
    summary: 'Renew a login',
    description:
      'Sets a new end, counted from now, and keeps the password. So a shorter `ttl` moves the end forward. What has ended can not be renewed: ask for a new login.',
    body: 'grant',
    example: { host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite', label: 'laptop', ttl: '30 d' },
    answers: { 200: ['renewed'] },
    refusals: ['not_allowed', 'grant_unknown', ...atTheHost],
  },
  'GET /grants': {
    id: 'listGrants',
    tag: 'Grants',
    summary: 'List grants',
    description:
      "Your grants, never with a password, those that have not ended first. Admins, and rulers inside their scope, see those of others: of a person (`email`), of everybody on a host (`host`), or everybody's that have not ended (`email=*`), a page at a time.",
    query: 'grantFilter',
    fields: {
      email: 'Whose grants: an address, or * for everybody. For admins and rulers.',
      host: 'Only those on this host. For admins and rulers, everybody on it.',
      db: 'Only those for this database.',
    },
    answers: { 200: ['grants'] },
    refusals: ['not_allowed'],
  },
  'DELETE /grants': {
    id: 'revokeGrants',
    tag: 'Grants',
    summary: 'Revoke grants',
    description:
      'Ends every grant that all filters match, and shows that its login is dead. Without any filter: all of yours. `pending` lists those that could not be ended yet, for instance as their host does not answer; mongogrant goes on by itself. Admins, and rulers inside their scope, may name somebody else.',
    query: 'revokeGrants',
    fields: {
      email: 'Whose grants, for admins and rulers. * is everybody, and needs a host.',
      host: 'Only those on this host.',
      db: 'Only those for this database.',
      role: 'Only those with this role.',
      label: 'Only those with this label; an empty one means those without a label.',
    },
    answers: { 200: ['revoked'] },
    refusals: ['not_allowed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>;
