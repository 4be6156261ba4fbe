import type { Item, Page } from './table';

/** A row has more bytes in the table than in an answer. */
const mostBytes = 700_000;

/** Cuts a page to what fits well into Lambda's six megabytes, but keeps at least one row. */
export function fitPage({ items, more }: Page): Page {
  const fitting = items.slice(0, Math.max(1, countFitting(items)));
  return { items: fitting, more: more || fitting.length < items.length };
}

function countFitting(items: readonly Item[]): number {
  let bytes = 0;
  const over = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return bytes > mostBytes;
  });
  return over < 0 ? items.length : over;
}
