import type { Item, Page } from './table';

/** Of a row more bytes are kept than are shown. */
const mostBytes = 700_000;

/** As much of a page, one row at least, as is answered in far less than the six megabytes that Lambda lets through. */
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
