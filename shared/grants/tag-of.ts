import type { Tag } from '../mongo/mongo-users';
import { iso } from '../policy/time';
import type { Grant } from '../store/grants/row';

/** The tag of a grant's MongoDB user. */
export function tagOf({ id, email, label, expiresAt }: Grant, stack: string): Tag {
  return { email, label, grant: id, expires: iso(expiresAt), stack };
}
