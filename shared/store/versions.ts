import type { Unreadable } from '../policy/policy';
import { newVersion } from '../tokens/tokens';
import { rowName } from './row-name';
import type { Condition } from './table';

/** The item that was read before a change; none if there was none. */
export type Before = { version: number } | Unreadable | undefined;

/** The version that was read: 0 if there was no item, none if it can't be read. */
export function versionOf(before: Before): number | undefined {
  if (!before) return 0;
  return 'unreadable' in before ? undefined : before.version;
}

export const nextVersion = (before: Before): number => {
  const version = versionOf(before);
  return version ? version + 1 : newVersion();
};

/** The condition that an item is unchanged. An unreadable one is recognised by the mark of its last write, or by having none. */
export function unchanged(before: Before): Condition {
  if (!before) return { if: 'attribute_not_exists(#pk)' };
  if (!('unreadable' in before)) return { if: '#version = :before', values: { before: before.version } };
  if (before.mark === undefined) return { if: 'attribute_not_exists(#mark)' };
  return { if: '#mark = :before', values: { before: before.mark } };
}

/** An item that can't be read, by its key. */
export const unreadable = ({ pk, sk, mark }: Record<string, unknown>): Unreadable => ({
  unreadable: rowName({ pk, sk }),
  ...(typeof mark === 'string' && { mark }),
});
