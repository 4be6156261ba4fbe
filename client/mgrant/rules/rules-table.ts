import type { Rule, Unreadable } from '../../sdk/replies';
import type { Paint } from '../paint';
import { table } from '../table';
import { moment } from '../times';

/** Rules as a table. One that the service can't read is listed with its key. */
export function rulesTable(rules: readonly (Rule | Unreadable)[], paint: Paint): string {
  const rows = rules.map((rule) =>
    'unreadable' in rule
      ? ['?', rule.unreadable, '', '', '', '', '', '', "can't be read, and denies"]
      : [
          ...[rule.which, rule.email, rule.role, rule.host, rule.db, rule.maxTtl ?? ''],
          ...[rule.expires ? moment(rule.expires) : '', rule.cidrs?.join(' ') ?? '', rule.note ?? ''],
        ],
  );
  const heading = ['WHICH', 'EMAIL', 'ROLE', 'HOST', 'DATABASE', 'AT MOST', 'UNTIL', 'FROM', 'NOTE'];
  return table(heading, rows, paint) || 'There are no rules that you may see.\n';
}
