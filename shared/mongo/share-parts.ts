import type { TaggedUser } from './tagged-user';

/**
 * Users have much in common, and a host may have 100,000 of them: of what is equal only one copy is kept. The function that this returns
 * remembers all that it has seen.
 */
export function partsSharer(): (user: TaggedUser) => TaggedUser {
  const text = sharer<string>();
  const roles = sharer<TaggedUser['roles']>();
  const cidrs = sharer<NonNullable<TaggedUser['cidrs']>>();
  const ifText = (value: unknown) => (typeof value === 'string' ? text(value) : value);
  return ({ user, db, tag, ...rest }) => {
    const { grant, stack, email, label, expires } = tag;
    return {
      user,
      db: text(db),
      roles: roles(rest.roles),
      tag: { grant, stack: text(stack), email: ifText(email), label: ifText(label), expires: ifText(expires) },
      ...(rest.cidrs && { cidrs: cidrs(rest.cidrs) }),
    };
  };
}

function sharer<T>(): (value: T) => T {
  const known = new Map<string, T>();
  return (value) => {
    const key = JSON.stringify(value);
    const first = known.get(key) ?? value;
    known.set(key, first);
    return first;
  };
}
