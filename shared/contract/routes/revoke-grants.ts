import * as v from 'valibot';
import { label, role, star } from '../fields/access';
import { anybody, anyDb, anyHost } from '../filters';
import type { Route, RouteWords } from '../route';

export const revokeGrantsRoute = {
  method: 'DELETE',
  path: '/grants',
  function: 'revoke',
  query: v.strictObject({
    email: anybody,
    host: anyHost,
    db: anyDb,
    role: v.optional(v.union([star, role], 'must be a role or *')),
    label: v.optional(v.union([star, label], 'must be a label or *')),
  }),
  answers: { 200: ['revoked'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const revokeGrantsWords: RouteWords = {
  id: 'revokeGrants',
  tag: 'Grants',
  summary: 'Revoke grants',
  description:
    'Ends every grant that all filters match, and shows that its login is dead. Without any filter: all of yours. `pending` lists those that could not be ended yet, for instance as their host does not answer; mongogrant goes on by itself. Admins, and rulers inside their scope, may name somebody else.',
  fields: {
    email: 'Whose grants, for admins and rulers. * is everybody, and needs a host.',
    host: 'Only those on this host.',
    db: 'Only those for this database.',
    role: 'Only those with this role.',
    label: 'Only those with this label; an empty one means those without a label.',
  },
};
