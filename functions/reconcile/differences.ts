import { tagOf } from '../../shared/grants/tag-of';
import type { Tag } from '../../shared/mongo/mongo-users';
import type { TaggedUser } from '../../shared/mongo/tagged-user';
import { addressesCover } from '../../shared/policy/addresses';
import type { Grant } from '../../shared/store/grants/row';

type Role = { role: string; db: string };

/** Where a user differs from its grant, and what each part must become. */
export interface Differences {
  revoke: Role[];
  grant: Role[];
  tag?: Tag;
  cidrs?: string[];
}

/** None if the user matches its grant. Addresses are left out while the row or the server does not know them. */
export function differences(user: TaggedUser, grant: Grant, stack: string): Differences | undefined {
  const wanted = { role: grant.role, db: grant.db };
  const tag = tagOf(grant, stack);
  const tagDiffers = user.tag.email !== tag.email || user.tag.label !== tag.label || user.tag.expires !== tag.expires;
  const cidrs = cidrsOff(user, grant);
  const found = {
    revoke: user.roles.filter((held) => !same(held, wanted)),
    grant: user.roles.some((held) => same(held, wanted)) ? [] : [wanted],
    ...(tagDiffers && { tag }),
    ...(cidrs && { cidrs }),
  };
  return found.revoke.length + found.grant.length > 0 || tagDiffers || cidrs ? found : undefined;
}

const same = (a: Role, b: Role): boolean => a.role === b.role && a.db === b.db;

function cidrsOff(user: TaggedUser, { cidrs }: Grant): string[] | undefined {
  if (cidrs === undefined || user.cidrs === undefined) return undefined;
  const agree = user.cidrs !== 'other' && addressesCover(user.cidrs, cidrs) && addressesCover(cidrs, user.cidrs);
  return agree ? undefined : cidrs;
}

/** The same for the audit log: only what differs, before and after. */
export function shownDifferences(user: TaggedUser, { revoke, grant, tag, cidrs }: Differences) {
  const { email, label, expires } = user.tag;
  const text = (role: Role) => `${role.role}@${role.db}`;
  const kept = user.roles.filter((held) => !revoke.some((gone) => same(gone, held)));
  const roles = revoke.length + grant.length > 0;
  return {
    before: {
      ...(roles && { roles: user.roles.map(text) }),
      ...(tag && { tag: { email: shown(email), label: shown(label), expires: shown(expires) } }),
      ...(cidrs && { cidrs: user.cidrs }),
    },
    after: {
      ...(roles && { roles: [...kept, ...grant].map(text) }),
      ...(tag && { tag: { email: tag.email, label: tag.label, expires: tag.expires } }),
      ...(cidrs && { cidrs }),
    },
  };
}

/** A value that somebody wrote by hand may be of any kind and size. */
const shown = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 254) : typeof value);
