import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';

/** Starts the machine's Chromium. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it (Debian, Ubuntu: apt-get install chromium) or set CHROMIUM_PATH.`,
    );
  }
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** A tab that remembers what a page must not do. */
export interface WatchedTab {
  context: BrowserContext;
  page: Page;
  /** What the page wrote to the console and the errors of its scripts, but for the browser's own note of a status like 410. */
  complaints: string[];
  /** Every address that was asked for. */
  asked: string[];
}

/** A new tab with cookies and storage of its own. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedTab> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (!/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  context.on('request', (request) => asked.push(request.url()));
  return { context, page, complaints, asked };
}

/** What a reader gets who pastes now: read in another tab, as the pages themselves may not read the clipboard. */
export async function pasted({ context }: WatchedTab): Promise<string> {
  const other = await context.newPage();
  await other.setContent('<textarea></textarea>');
  await other.locator('textarea').focus();
  await other.keyboard.press('Control+V');
  const text = await other.locator('textarea').inputValue();
  await other.close();
  return text;
}
