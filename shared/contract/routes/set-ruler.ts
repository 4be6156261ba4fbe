import * as v from 'valibot';
import { email } from '../fields/access';
import { scope } from '../fields/scope';
import { replaced, version } from '../fields/terms';
import type { Route, RouteWords } from '../route';

export const setRulerRoute = {
  method: 'PUT',
  path: '/rulers',
  function: 'rules',
  body: v.strictObject({ email, ...scope, version: v.optional(version), replaced: v.optional(replaced) }),
  answers: { 200: ['ruler'] },
  refuses: ['not_allowed', 'ruler_changed'],
} as const satisfies Route;

export const setRulerWords: RouteWords = {
  id: 'setRuler',
  tag: 'Rulers',
  summary: 'Appoint a ruler',
  description:
    'Lets somebody set rules inside a scope, or gives a ruler another scope. `"all"` is the only wildcard. Rules of theirs that lie outside of the new scope are removed. For admins.',
  bodyName: 'RulerInput',
  example: {
    email: 'grace@lab.org',
    hosts: ['mongodb03.lab.org'],
    dbs: ['fw_'],
    emails: ['@lab.org'],
    which: ['allow'],
  },
};
