import type { PythonRouteKey } from '../../shared/contract/routes';
import type { Operation } from '../operation';

const ofPython = { tag: 'Python server', open: true, deprecated: true } as const;
const off = 'A 404 where the setting `legacyRoutes` is off.';

export const pythonOperations = {
  'GET /gettoken/{email}': {
    ...ofPython,
    id: 'getToken',
    summary: 'Ask for a link',
    description: `As \`POST /links\`. Every well-formed address gets the same answer; with the setting \`legacyDisclose\` one that nobody knows gets a 403, as text. ${off}`,
    answers: { 200: ['pythonLinkSent'], 403: ['text'] },
    refusals: ['too_many_requests'],
  },
  'GET /verifytoken/{link}': {
    ...ofPython,
    id: 'verifyToken',
    summary: 'Redeem a link',
    description: `A browser (\`Accept: text/html\`) gets the page of \`GET /links/{link}\`, and nothing is used up. All others redeem the link: a line with the token, or one that says to ask again. No mail holds this address. ${off}`,
    answers: { 200: ['page'] },
    refusals: ['link_unknown', 'link_used', 'link_expired'],
  },
  'POST /grant/{token}': {
    ...ofPython,
    id: 'grantForPython',
    summary: 'Ask for a login',
    description: `As \`POST /grants\` without a label. A refusal is one JSON string. ${off}`,
    body: 'pythonGrant',
    example: { host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite' },
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
    refusals: [],
  },
  'POST /setrule/{token}': {
    ...ofPython,
    id: 'setRuleForPython',
    summary: 'Set a rule',
    description: `As \`PUT /rules\`, but a rule that is there already stays as it is, with its limits. ${off}`,
    body: 'pythonRule',
    example: { email: 'you@lab.org', host: 'mongodb03.lab.org', db: 'fw_phonons', role: 'readWrite', which: 'allow' },
    answers: {
      200: ['pythonRuleSet'],
      400: ['pythonRefusal', 'pythonRuleSet'],
      413: ['pythonRuleSet'],
      415: ['pythonRuleSet'],
      500: ['pythonRuleSet'],
      503: ['pythonRuleSet'],
    },
    refusals: [],
  },
} as const satisfies Record<PythonRouteKey, Operation>;
