import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

export interface Inspection {
  texts: { text: string; contrast: number }[];
  controls: { name: string; width: number; height: number; edgeContrast: number }[];
  headings: string[];
  language: string;
  title: string;
  /** Pixels by which the page is wider than the window. */
  sideways: number;
}

export interface Focus {
  name: string;
  outlineStyle: string;
  outlineWidth: number;
}

const script = (name: string) => readFileSync(join(__dirname, 'in-page', `${name}.js`), 'utf8');
const inspecting = script('inspect');
const focusing = script('focus');

/** What a person would stumble over on this page. */
export const inspectPage = (page: Page): Promise<Inspection> => page.evaluate<Inspection>(inspecting);

/** What has the keyboard, and what it reaches then, in order, until it leaves the page. */
export async function tabThrough(page: Page): Promise<Focus[]> {
  const focus = () => page.evaluate<Focus>(focusing);
  const stops = [await focus()].filter(({ name }) => name !== '');
  while (stops.length < 20) {
    await page.keyboard.press('Tab');
    const stop = await focus();
    if (stop.name === '') break;
    stops.push(stop);
  }
  return stops;
}
