import * as v from 'valibot';
import { given, role, which } from '../fields/access';
import type { Route, RouteWords } from '../route';

export const setRuleForPythonRoute = {
  method: 'POST',
  path: '/setrule/{token}',
  function: 'rules',
  open: true,
  body: v.object({ email: given, host: given, db: given, role, which }),
  answers: {
    200: ['pythonRuleSet'],
    400: ['pythonRefusal', 'pythonRuleSet'],
    413: ['pythonRuleSet'],
    415: ['pythonRuleSet'],
    500: ['pythonRuleSet'],
    503: ['pythonRuleSet'],
  },
  refuses: [],
} as const satisfies Route;

export const setRuleForPythonWords: RouteWords = {
  id: 'setRuleForPython',
  tag: 'Python server',
  deprecated: true,
  summary: 'Set a rule',
  description:
    'As `PUT /rules`, but a rule that is there already stays as it is, with its limits. Unknown fields of the form are ignored. A 404 where the setting `legacyRoutes` is off.',
  bodyName: 'PythonRuleInput',
  example: { email: 'you@lab.org', host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite', which: 'allow' },
};
