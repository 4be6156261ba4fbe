import * as v from 'valibot';
import { host, principal } from '../fields/access';
import { cursor } from '../fields/asked';
import { moment } from '../fields/times';
import type { Route, RouteWords } from '../route';

export const listEventsRoute = {
  method: 'GET',
  path: '/audit',
  function: 'audit',
  query: v.strictObject({
    from: v.optional(moment),
    to: v.optional(moment),
    email: v.optional(principal),
    host: v.optional(host),
    cursor: v.optional(cursor),
  }),
  answers: { 200: ['audit'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const listEventsWords: RouteWords = {
  id: 'listEvents',
  tag: 'Audit',
  summary: 'Read the audit log',
  description:
    'What happened, newest first, a page at a time. Admins see everything, rulers what is inside their scope, everybody what is about themselves. Events are kept for 400 days.',
  fields: {
    from: 'From this moment on.',
    to: 'Up to this moment.',
    email: 'What happened to this person, and what they did; also a principal such as *@lab.org.',
    host: 'Only what happened at this host.',
  },
};
