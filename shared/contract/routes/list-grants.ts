import * as v from 'valibot';
import { cursor } from '../fields/asked';
import { anybody, anyDb, anyHost } from '../filters';
import type { Route, RouteWords } from '../route';

export const listGrantsRoute = {
  method: 'GET',
  path: '/grants',
  function: 'grants',
  query: v.strictObject({ email: anybody, host: anyHost, db: anyDb, cursor: v.optional(cursor) }),
  answers: { 200: ['grants'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const listGrantsWords: RouteWords = {
  id: 'listGrants',
  tag: 'Grants',
  summary: 'List grants',
  description:
    "Your grants, never with a password, those that have not ended first. `passwordVersion` counts the passwords of a login: if it is not the one that came with yours, your password was replaced. Admins, and rulers inside their scope, see those of others: of a person (`email`), of everybody on a host (`host`), or everybody's that have not ended (`email=*`), a page at a time.",
  fields: {
    email: 'Whose grants: an address, or * for everybody. For admins and rulers.',
    host: 'Only those on this host. For admins and rulers, everybody on it.',
    db: 'Only those for this database.',
  },
};
