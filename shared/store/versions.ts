import type { Unreadable } from '../policy';
import type { Condition } from './table';

/** What was read before a change of it; none for what is not there yet. */
export type Before = { version: number } | Unreadable | undefined;

/** The version that was read: 0 for what is not there; what can't be read has none. */
export function versionOf(before: Before): number | undefined {
  if (!before) return 0;
  return 'unreadable' in before ? undefined : before.version;
}

/** That an item is still as it was read. What has no version can't be compared. */
export function unchanged(before: Before): Condition | undefined {
  if (!before) return { if: 'attribute_not_exists(#pk)' };
  return 'unreadable' in before ? undefined : { if: '#version = :before', values: { before: before.version } };
}
