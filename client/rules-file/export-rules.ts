import { defined } from '../sdk/defined';
import type { Rule, Ruler, Unreadable } from '../sdk/replies';

/** Rules and rulers as the API lists them. No `rulers`: whoever asks may not see them. */
export interface Listed {
  rules: readonly (Rule | Unreadable)[];
  rulers?: readonly (Ruler | Unreadable)[] | undefined;
}

/** A rules file of what the service has: applied again, it changes nothing. */
export function exportRules({ rules, rulers }: Listed) {
  const unreadable = [...rules, ...(rulers ?? [])].flatMap((one) => ('unreadable' in one ? [one.unreadable] : []));
  const file = {
    unlisted: 'remove',
    rules: rules.flatMap((rule) => ('unreadable' in rule ? [] : [entryOf(rule)])),
    ...(rulers && { rulers: rulers.flatMap((ruler) => ('unreadable' in ruler ? [] : [scopeOf(ruler)])) }),
  };
  return { file, unreadable };
}

const entryOf = ({ email, host, db, role, which, expires, maxTtl, cidrs, note }: Rule) => ({
  ...{ email, host, db, role, which },
  ...defined({ expires, maxTtl, cidrs, note: note || undefined }),
});

const scopeOf = ({ email, hosts, dbs, emails, which }: Ruler) => ({ email, hosts, dbs, emails, which });
