import { type Held, heldOn, holds, type Resource, type ShownPrivileges } from '../../../shared/mongo/privileges';
import { type NeededAction, neededActions } from './needed-actions';
import type { Flavour } from './server-kind';

/** One needed action in one place. */
export interface ActionReport extends Omit<NeededAction, 'where'> {
  /** As MongoDB writes it: an empty `db` stands for any database. */
  on: Resource;
  held: Held;
  /** The databases on which the login has it, if not on any database. */
  only?: string[];
}

export interface Question {
  flavour: Flavour;
  databases: readonly string[] | 'any';
  usersDb: string | undefined;
  roles: readonly unknown[];
  /** None where the server does not tell. */
  shown: ShownPrivileges | undefined;
}

/** Says for each action that mongogrant needs whether its login has it, in each place where it needs it. */
export function actionsOn(question: Question): ActionReport[] {
  return neededActions.flatMap(({ where, ...needed }) =>
    placesOf(where, question).map((on): ActionReport => {
      const held = heldBy(question, needed.action, on);
      const only = held === 'no' && 'db' in on && on.db === '' ? heldOn(question.shown, needed.action) : [];
      return { ...needed, on, held, ...(only.length > 0 && { only }) };
    }),
  );
}

function placesOf(where: NeededAction['where'], { databases, usersDb }: Question): Resource[] {
  if (where === 'cluster') return [{ cluster: true }];
  const granted = databases === 'any' ? [''] : [...new Set(databases)];
  const dbs = where === 'users' && usersDb !== undefined ? [usersDb] : granted;
  return dbs.map((db) => ({ db, collection: '' }));
}

function heldBy({ flavour, roles, shown }: Question, action: string, on: Resource): Held {
  // It makes no such users, whatever its roles say.
  if (flavour === 'DocumentDB' && action === 'setAuthenticationRestriction') return 'no';
  // An imitation that names roles but lists nothing for them does not tell.
  const tells = flavour === 'MongoDB' || flavour === 'embedded' || roles.length === 0 || (shown?.length ?? 0) > 0;
  return holds(tells ? shown : undefined, action, on);
}
