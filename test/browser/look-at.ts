import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { source } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** What every page is looked at with. */
export const screens = [
  { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
  { viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
  { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
] as const satisfies readonly BrowserContextOptions[];

export type Screen = (typeof screens)[number];

/** Git ignores this folder. */
const folder = join(__dirname, '../../reports/pages');

/** Keeps a picture of the whole page as `reports/pages/<name>-<width>-<light or dark>.png`, for people. */
export async function keepPicture(page: Page, name: string, { viewport, colorScheme }: Screen): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}-${viewport.width}-${colorScheme}.png`), fullPage: true });
}

/** What axe finds wrong, in a line each: its rule and the elements. */
export async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(source);
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}
