import * as v from 'valibot';
import { email } from '../fields/access';
import { cursor } from '../fields/asked';
import type { Route, RouteWords } from '../route';

export const listRulersRoute = {
  method: 'GET',
  path: '/rulers',
  function: 'rules',
  query: v.strictObject({ email: v.optional(email), cursor: v.optional(cursor) }),
  answers: { 200: ['rulers'] },
  refuses: ['not_allowed'],
} as const satisfies Route;

export const listRulersWords: RouteWords = {
  id: 'listRulers',
  tag: 'Rulers',
  summary: 'List rulers',
  description: 'All rulers with their scopes, or one of them. For admins.',
  fields: { email: 'Only this ruler.' },
};
