import { ApiError } from '../../shared/contract/errors';
import type { AuthDeps } from '../../shared/http/authenticate';
import { hasSet } from '../../shared/store/rules';
import { type Change, refusalOf, type Wanted } from './begin-change';

/** Every decision about people of a domain reads all rules of that domain. */
export const mostRulesOfRuler = 1000;

/**
 * Refuses a ruler more rules than they may have. It looks before the write, in an index that lags: a ruler who sends many at once may get a
 * few more, which harms nobody.
 */
export async function requireRoom(
  { table }: AuthDeps,
  wanted: Wanted,
  { person, before }: Pick<Change, 'person' | 'before'>,
): Promise<void> {
  const own = before && !('unreadable' in before) && before.asRuler === true && before.setBy === person.email;
  if (person.admin || own || !(await hasSet(table, person.email, mostRulesOfRuler))) return;
  throw refusalOf(wanted, full(), person.email);
}

const full = (): ApiError =>
  new ApiError(
    'too_many_rules',
    `You have set ${mostRulesOfRuler} rules, the most that one ruler may. Remove one, or set one for more people: *@lab.org, or fw_*.`,
    3600,
  );
