import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium, openTab, pasted } from './chromium';
import { inspectPage, tabThrough } from './inspect-page';
import { axeFaults, keepPicture, screens } from './look-at';
import { startPageSite } from './page-site';
import { documents, mails, origin, token } from './shown-pages';

let browser: Browser;
let site: Awaited<ReturnType<typeof startPageSite>>;

beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  site = await startPageSite();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await site.close();
});
afterAll(() => browser?.close());

async function open(path: string, options?: BrowserContextOptions) {
  const tab = await openTab(browser, options);
  await tab.page.goto(`${site.url}${path}`);
  return tab;
}

const views = Object.keys(documents).flatMap((path) =>
  screens.map((screen) => [path, screen.viewport.width, screen.colorScheme, screen] as const),
);

test.each(views)('%s at %d pixels, %s: readable, reachable, no wider than the window', async (path, _, __, screen) => {
  const { page, complaints, asked } = await open(path, screen);
  const { texts, controls, headings, language, title, sideways } = await inspectPage(page);

  expect(texts.length).toBeGreaterThan(4);
  expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
  expect(controls.filter(({ edgeContrast }) => edgeContrast < 3)).toEqual([]);
  expect(controls.filter(({ width, height }) => width < 24 || height < 24)).toEqual([]);
  expect(new Set(controls.map(({ name }) => name)).size).toBe(controls.length);
  expect(controls.map(({ name }) => name)).not.toContain('');
  expect(headings.filter((heading) => heading === 'H1')).toHaveLength(1);
  expect(headings[0]).toBe('H1');
  expect({ language, sideways }).toEqual({ language: 'en', sideways: 0 });
  expect(title).toMatch(/^.+ · mongogrant$/);

  expect(await axeFaults(page)).toEqual([]);
  await keepPicture(page, path.slice(1), screen);

  const stops = await tabThrough(page);
  expect(stops).toHaveLength(controls.length);
  expect(stops.filter(({ outlineStyle, outlineWidth }) => outlineStyle !== 'solid' || outlineWidth < 2)).toEqual([]);
  expect(complaints).toEqual([]);
  expect(asked).toEqual([`${site.url}${path}`]);
});

test.each(['/keep', '/kept'])('%s breaks the name of a host behind its dots', async (path) => {
  const { page } = await open(path, { viewport: { width: 360, height: 740 } });
  const lines = await page.evaluate<string[]>(`(() => {
    const lines = [];
    let top;
    const walk = document.createTreeWalker(document.querySelector('li strong:nth-of-type(2)'), NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode())
      for (let at = 0; at < node.length; at += 1) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const box = range.getBoundingClientRect();
        if (box.top !== top) lines.push('');
        top = box.top;
        lines.push(lines.pop() + range.toString());
      }
    return lines;
  })()`);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.slice(0, -1).filter((line) => !/[.:]$/.test(line))).toEqual([]);
});

const mailViews = Object.keys(mails).flatMap((path) =>
  screens.map((screen) => [path, screen.viewport.width, screen.colorScheme, screen] as const),
);

test.each(mailViews)('%s at %d pixels, %s: a mail that axe finds nothing in', async (path, _, __, screen) => {
  const { page, complaints, asked } = await open(path, screen);
  const { language, sideways } = await inspectPage(page);
  expect({ language, sideways }).toEqual({ language: 'en', sideways: 0 });
  expect(await axeFaults(page)).toEqual([]);
  await keepPicture(page, path.slice(1), screen);
  expect(complaints).toEqual([]);
  expect(asked).toEqual([`${site.url}${path}`]);
});

test.each([
  ['the token', () => token],
  ['the curl lines', () => expect.stringMatching(/^read -rs TOKEN && curl .*<<< "Authorization: Bearer \$TOKEN"$/)],
  ['the mgrant lines', () => `mgrant settoken --endpoint ${origin}`],
  ['the python lines', () => expect.stringContaining(`Client().set_remote("${origin}", getpass("Token: "))`)],
])('the button copies %s, from the keyboard, and says so', async (what, whole) => {
  const tab = await open('/token');
  const name = what === 'the token' ? 'Copy token' : `Copy ${what}`;
  await tab.page.getByRole('button', { name, exact: true }).press('Enter');
  await tab.page.getByRole('status').getByText('Copied').waitFor();
  expect(await pasted(tab)).toEqual(whole());
});

test.each(['token', 'curl'])('copying %s works where the page has no access to the clipboard by itself', async (id) => {
  const tab = await openTab(browser);
  await tab.context.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
  await tab.page.goto(`${site.url}/token`);
  await tab.page.locator(`[data-copy=${id}]`).click();
  await tab.page.getByRole('status').getByText('Copied').waitFor();
  expect(await pasted(tab)).toContain(id === 'token' ? token : origin);
});

test('pressing the button twice spends the link once and shows the token', async () => {
  const { page } = await open('/redeem');
  const pressed = site.pressed();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await pressed;
  await page.keyboard.press('Enter');
  site.answer();
  expect(await page.getByLabel('Fetch token').inputValue()).toBe(token);
  expect(site.posted()).toBe(1);
});

test('times are shown in UTC and, where scripts run, in the time of the reader', async () => {
  const { page } = await open('/redeem', { timezoneId: 'Asia/Tokyo' });
  await page.getByText('It ends at 08:15 UTC on 24 December 2026 (24 Dec, 17:15 your time).').waitFor();
  const plain = await open('/redeem', { timezoneId: 'Asia/Tokyo', javaScriptEnabled: false });
  await plain.page.getByText('It ends at 08:15 UTC on 24 December 2026.', { exact: true }).waitFor();
});

test('without scripts the token can be reached and selected, and no button is shown that would do nothing', async () => {
  const tab = await open('/token', { javaScriptEnabled: false });
  expect(await tab.page.getByRole('button').count()).toBe(0);
  await tab.page.getByLabel('Fetch token').focus();
  await tab.page.keyboard.press('Control+A');
  await tab.page.keyboard.press('Control+C');
  expect(tab.complaints).toEqual([]);
  const scripted = await openTab(browser);
  expect(await pasted(scripted)).toBe(token);
});
