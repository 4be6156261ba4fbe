import { plain } from './plain';

/** What went wrong, in words that may be shown. */
export const detailOf = (failure: unknown): string =>
  plain(failure instanceof Error ? failure.message : String(failure));
