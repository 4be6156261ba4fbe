import type { RouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

export const rulerOperations = {
  'GET /rulers': {
    id: 'listRulers',
    tag: 'Rulers',
    summary: 'List rulers',
    description: 'All rulers with their scopes, or one of them. For admins.',
    query: 'rulerFilter',
    fields: { email: 'Only this ruler.' },
    answers: { 200: ['rulers'] },
    refusals: ['not_allowed'],
  },
  'PUT /rulers': {
    id: 'setRuler',
    tag: 'Rulers',
    summary: 'Appoint a ruler',
    description:
      'Lets somebody set rules inside a scope, or gives a ruler another scope. `"all"` is the only wildcard. Rules of theirs that lie outside of the new scope are removed. For admins.',
    body: 'ruler',
    example: {
      email: 'grace@lab.org',
      hosts: ['mongodb03.lab.org'],
      dbs: ['fw_'],
      emails: ['@lab.org'],
      which: ['allow'],
    },
    answers: { 200: ['ruler'] },
    refusals: ['not_allowed', 'ruler_changed'],
  },
  'DELETE /rulers': {
    id: 'dismissRuler',
    tag: 'Rulers',
    summary: 'Dismiss a ruler',
    description: 'They may set no more rules, and those that they set are removed. For admins.',
    query: 'rulerKey',
    fields: { email: 'Which ruler.' },
    answers: { 200: ['rulerRemoved'] },
    refusals: ['not_allowed', 'ruler_unknown', 'ruler_changed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>;
