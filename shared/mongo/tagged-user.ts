import * as v from 'valibot';
import type { UserName } from './mongo-users';
import { cidrsOf, type ShownUser } from './shown-users';

/** A user with the tag of one stack. Somebody may have edited the tag, so its fields may hold anything. */
export interface TaggedUser extends UserName {
  tag: { grant: string; stack: string; email?: unknown; label?: unknown; expires?: unknown };
  roles: { role: string; db: string }[];
  /** Where the login may come from, empty for anywhere. `other`: not as mongogrant writes it. Missing if the server does not show it. */
  cidrs?: string[] | 'other';
}

/** The users of a host: those of one stack, and the numbers of users with another stack's tag and with none. */
export interface Seen {
  ours: TaggedUser[];
  foreign: number;
  untagged: number;
}

const tagged = v.object({
  mongogrant: v.object({
    grant: v.string(),
    stack: v.string(),
    email: v.optional(v.unknown()),
    label: v.optional(v.unknown()),
    expires: v.optional(v.unknown()),
  }),
});

/** Sorts users by whose tag they have. */
export function seenIn(shown: readonly ShownUser[], stack: string): Seen {
  const withTags = shown.map((one) => ({ one, tag: tagIn(one) }));
  const marked = withTags.flatMap(({ one, tag }) => (tag ? [{ one, tag }] : []));
  const ours = marked.filter(({ tag }) => tag.stack === stack);
  return {
    ours: ours.map(({ one, tag }) => {
      const { user, db, roles } = one;
      const cidrs = cidrsOf(one);
      return { user, db, roles, tag, ...(cidrs && { cidrs }) };
    }),
    foreign: marked.length - ours.length,
    untagged: shown.length - marked.length,
  };
}

function tagIn({ customData }: ShownUser): TaggedUser['tag'] | undefined {
  const result = v.safeParse(tagged, customData);
  return result.success ? result.output.mongogrant : undefined;
}
