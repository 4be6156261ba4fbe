import * as v from 'valibot';
import { given, role } from '../fields/access';
import type { Route, RouteWords } from '../route';

export const grantForPythonRoute = {
  method: 'POST',
  path: '/grant/{token}',
  function: 'grant-credentials',
  open: true,
  body: v.object({ host: given, db: given, role }),
  answers: {
    200: ['pythonGrant'],
    400: ['pythonRefusal'],
    403: ['pythonRefusal'],
    413: ['pythonRefusal'],
    415: ['pythonRefusal'],
    500: ['pythonRefusal'],
    502: ['pythonRefusal'],
    503: ['pythonRefusal'],
  },
  refuses: [],
} as const satisfies Route;

export const grantForPythonWords: RouteWords = {
  id: 'grantForPython',
  tag: 'Python server',
  deprecated: true,
  summary: 'Ask for a login',
  description:
    'As `POST /grants` without a label. Unknown fields of the form are ignored. A refusal is one JSON string. A 404 where the setting `legacyRoutes` is off.',
  bodyName: 'PythonGrantInput',
  example: { host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite' },
};
