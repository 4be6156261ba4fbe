import type { SetRule } from '../../sdk/replies';
import { plain } from '../plain';
import { moment } from '../times';

type Replaced = NonNullable<SetRule['replaced']>;

/** The limits of a rule and its note, in words. */
export function describeTerms(rule: Replaced): string {
  if ('unreadable' in rule) return "it couldn't be read";
  const { maxTtl, expires, cidrs, note } = rule;
  const terms = [
    ...(maxTtl === undefined ? [] : [`at most ${maxTtl}`]),
    ...(expires === undefined ? [] : [`until ${moment(expires)}`]),
    ...(cidrs === undefined ? [] : [`only from ${cidrs.join(', ')}`]),
    ...(note ? [`note "${note}"`] : []),
  ];
  return plain(terms.join(', ')) || 'no limit';
}
