import type { RouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

export const auditOperations = {
  'GET /audit': {
    id: 'listEvents',
    tag: 'Audit',
    summary: 'Read the audit log',
    description:
      'What happened, newest first, a page at a time. Admins see everything, rulers what is inside their scope, everybody what is about themselves. Events are kept for 400 days.',
    query: 'auditFilter',
    fields: {
      from: 'From this moment on.',
      to: 'Up to this moment.',
      email: 'What happened to this person, and what they did; also a principal such as *@lab.org.',
      host: 'Only what happened at this host.',
    },
    answers: { 200: ['audit'] },
    refusals: ['not_allowed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>;
