import type { Grant, Losses } from '../../sdk/replies';
import { moment } from '../times';

/** Who would lose what, one line each; nothing where nobody loses anything. */
export function describeLosses({ ends, shortens, counts }: Losses): string[] {
  const lines = [
    ...ends.map((grant) => `  ends: ${nameOf(grant)}, which would live until ${moment(grant.expires)}`),
    ...shortens.map(
      (grant) => `  ends sooner: ${nameOf(grant)}, at ${moment(grant.newExpires)} in place of ${moment(grant.expires)}`,
    ),
  ];
  const more = counts.ends + counts.shortens - lines.length;
  return more > 0 ? [...lines, `  and ${more} more`] : lines;
}

const nameOf = ({ email, role, host, db, label }: Grant): string =>
  `${email} ${role} ${host}/${db}${label && ` label ${label}`}`;

/** How many lose something, as a sentence. */
export const countLosses = ({ counts }: Losses): string => {
  const parts = [
    ...(counts.ends > 0 ? [`${counts.ends} would end`] : []),
    ...(counts.shortens > 0 ? [`${counts.shortens} would end sooner`] : []),
  ];
  return parts.length === 0
    ? 'It ends no login that is in use.'
    : `Of the logins that are in use, ${parts.join(', and ')}.`;
};
