import { replies } from '../../../shared/contract/replies';
import { dismissRulerRoute } from '../../../shared/contract/routes/dismiss-ruler';
import { listRulersRoute } from '../../../shared/contract/routes/list-rulers';
import { setRulerRoute } from '../../../shared/contract/routes/set-ruler';
import { ask, type ClientDeps, pages } from '../api/ask-api';
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
  pages(api, { route: listRulersRoute, reply: replies.rulers, query: queryOf(filter) }, (page) => page.rulers);

export const setRuler = (api: ClientDeps, body: RulerInput): Promise<SetRuler> =>
  ask(api, { route: setRulerRoute, body, reply: replies.ruler, repeat: 'refused' });

export const removeRuler = (api: ClientDeps, key: { email: string; version?: number }): Promise<Ruler | Unreadable> =>
  ask(api, {
    ...{ route: dismissRulerRoute, query: queryOf(key) },
    ...{ reply: replies.rulerRemoved, repeat: 'refused' },
  });
