import { replies } from '../../../shared/contract/replies';
import { ask, type ClientDeps, pages, read } from '../api/ask-api';
import { queryOf } from '../query-of';
import type { Ruler, SetRuler, Unreadable } from '../replies';

/** A ruler to be appointed. */
export interface RulerInput {
  email: string;
  hosts: 'all' | string[];
  dbs: 'all' | string[];
  emails: 'all' | string[];
  which: 'all' | ('allow' | 'deny')[];
  version?: number;
}

/** All rulers and their scopes, or one of them. */
export const listRulers = (api: ClientDeps, filter: { email?: string }): Promise<(Ruler | Unreadable)[]> =>
  pages(
    (cursor) => read(api, replies.rulers, '/rulers', { ...queryOf(filter), ...cursor }),
    ({ rulers }) => rulers,
  );

/** Appoints a ruler, or changes their scope. */
export const setRuler = (api: ClientDeps, body: RulerInput): Promise<SetRuler> =>
  ask(api, { method: 'PUT', path: '/rulers', body, answer: replies.ruler, repeat: 'refused' });

/** Dismisses a ruler. */
export const removeRuler = (api: ClientDeps, key: { email: string; version?: number }): Promise<Ruler | Unreadable> =>
  ask(api, {
    ...{ method: 'DELETE', path: '/rulers', query: queryOf(key) },
    ...{ answer: replies.rulerRemoved, repeat: 'refused' },
  });
