import type { Why } from '../../sdk/replies';
import type { Paint } from '../paint';
import { plain } from '../plain';
import { rulesTable } from './rules-table';

/** Whether somebody may have a login, why not, and the rules that have a say. */
export function describeWhy(what: string, why: Why, paint: Paint): string {
  const { bold, green, red } = paint;
  const said = why.allowed ? green('allowed') : red('not allowed');
  return [
    `${plain(what)} is ${bold(said)}.\n`,
    why.allowed ? '' : reasonOf(why),
    why.rule
      ? `${isGiven(why) ? 'The rule that would give it' : 'By this rule'}:\n${rulesTable([why.rule], paint)}`
      : '',
    why.rules.length > 1 ? `All that have a say:\n${rulesTable(why.rules, paint)}` : '',
    why.hidden ? `And ${why.hidden} that you may not see.\n` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

/** Whether the rules give it, and something else stands in the way. */
const isGiven = ({ allowed, rule }: Why): boolean =>
  !allowed && rule !== null && !('unreadable' in rule) && rule.which === 'allow';

function reasonOf(why: Why): string {
  if (why.host === 'unregistered')
    return 'No host of this name is registered. An admin registers it with mgrant hosts add.\n';
  if (why.host === 'retired') return 'The host is retired: no new login begins there.\n';
  if (isGiven(why)) return 'The rules give it, but no login begins on this host. Ask an admin.\n';
  if (why.rule) return '';
  return why.hidden ? 'A rule that you may not see denies it.\n' : 'No rule allows it.\n';
}
