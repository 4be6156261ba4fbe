import type { Browser } from 'playwright-core';
import * as v from 'valibot';
import { anyPorts, type Service, startService } from '../../local/service';
import { launchChromium, openTab, pasted, type WatchedTab } from './chromium';
import { inspectPage } from './inspect-page';

const email = 'you@example.com';
const mailbox = v.object({
  emails: v.array(
    v.object({ destination: v.object({ to: v.array(v.string()) }), body: v.object({ text: v.string() }) }),
  ),
});

let browser: Browser;
let service: Service;
const seen = new Set<string>();

beforeAll(async () => {
  browser = await launchChromium();
  service = await startService({ ports: anyPorts, settings: { linkCooldown: '0 s', linksPerDay: 100 } });
});
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));
afterAll(async () => {
  await browser?.close();
  await service?.close();
});

/** Asks for a link as a person does, and takes it out of the mail. */
async function mailedLink(): Promise<string> {
  const asked = await fetch(`${service.api}/links`, { method: 'POST', body: new URLSearchParams({ email }) });
  expect(asked.status).toBe(202);
  return newLink();
}

/** The link that was mailed last. */
async function newLink(): Promise<string> {
  const { emails } = v.parse(mailbox, await (await fetch(`${service.mailbox}/store`)).json());
  const lines = emails
    .filter(({ destination }) => destination.to.includes(email))
    .flatMap(({ body }) => body.text.split('\n'));
  const links = lines.filter((line) => line.startsWith(`${service.api}/links/`) && !seen.has(line));
  expect(links).toHaveLength(1);
  const [link = ''] = links;
  seen.add(link);
  return link;
}

const button = ({ page }: WatchedTab) => page.getByRole('button', { name: 'Show my token' });
const shownToken = ({ page }: WatchedTab) => page.getByLabel('Fetch token').inputValue();

async function whoIs(token: string) {
  const response = await fetch(`${service.api}/me`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

test('a person opens the mailed link, presses the button with the keyboard, and copies a token that works', async () => {
  const link = await mailedLink();
  const tab = await openTab(browser);
  const referrers: string[] = [];
  tab.context.on('request', (request) => referrers.push(request.headers().referer ?? ''));

  expect((await tab.page.goto(link))?.status()).toBe(200);
  expect((await tab.page.reload())?.status()).toBe(200);
  expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
  await tab.page.getByText(email).waitFor();
  await tab.page.keyboard.press('Tab');
  await tab.page.keyboard.press('Enter');

  const token = await shownToken(tab);
  expect(token.split('.')).toHaveLength(3);
  await tab.page.getByRole('button', { name: 'Copy token', exact: true }).press('Space');
  await tab.page.getByRole('status').getByText('Copied').waitFor();
  expect(await pasted(tab)).toBe(token);
  expect(await whoIs(token)).toMatchObject({ status: 200, body: { email } });

  expect(new Set(tab.asked)).toEqual(new Set([link]));
  expect(new Set(referrers)).toEqual(new Set(['']));
  expect(tab.complaints).toEqual([]);
});

test('a link in the page of the mailbox opens in a tab of its own, and gives a token that works', async () => {
  const link = await mailedLink();
  const tab = await openTab(browser);
  await tab.page.goto(service.mailbox);
  const mail = tab.page.frameLocator('iframe');
  const opened = tab.context.waitForEvent('page');
  await mail.getByRole('link', { name: 'Open the page' }).click();
  const page = await opened;
  expect(page.url()).toBe(link);
  await button({ ...tab, page }).click();
  expect(await whoIs(await shownToken({ ...tab, page }))).toMatchObject({ status: 200, body: { email } });
  expect(tab.complaints).toEqual([]);
});

test.each([
  ['reloading the page that showed the token', (tab: WatchedTab) => tab.page.reload()],
  ['opening the link again', (tab: WatchedTab, link: string) => tab.page.goto(link)],
])('%s says that the link is used, and its button mails another', async (_, again) => {
  const link = await mailedLink();
  const tab = await openTab(browser);
  await tab.page.goto(link);
  await button(tab).click();
  const token = await shownToken(tab);

  expect((await again(tab, link))?.status()).toBe(410);
  await tab.page.getByRole('heading', { name: 'This link has been used' }).waitFor();
  expect(await tab.page.content()).not.toContain(token);
  await tab.page.getByRole('button', { name: 'Mail me a new link' }).click();
  await tab.page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  await tab.page.goto(await newLink());
  await button(tab).click();
  expect(await whoIs(await shownToken(tab))).toMatchObject({ status: 200, body: { email } });
  expect(tab.complaints).toEqual([]);
});

test('a second press in a tab that was left open says that the link is used', async () => {
  const link = await mailedLink();
  const [first, second] = [await openTab(browser), await openTab(browser)];
  await first.page.goto(link);
  await second.page.goto(link);
  await button(first).click();
  await shownToken(first);
  await button(second).click();
  await second.page.getByRole('heading', { name: 'This link has been used' }).waitFor();
});

test('a person begins at the start page, and has a token after one mail', async () => {
  const tab = await openTab(browser);
  await tab.page.goto(service.api);
  await tab.page.getByLabel('Your e-mail address').fill(email);
  await tab.page.keyboard.press('Enter');
  await tab.page.getByText('a link is on its way').waitFor();
  await tab.page.goto(await newLink());
  await button(tab).click();
  expect(await whoIs(await shownToken(tab))).toMatchObject({ status: 200, body: { email } });
  expect(tab.complaints).toEqual([]);
});

test('on a phone without scripts the link gives a token that works', async () => {
  const link = await mailedLink();
  const tab = await openTab(browser, {
    javaScriptEnabled: false,
    viewport: { width: 360, height: 740 },
    isMobile: true,
    hasTouch: true,
  });
  await tab.page.goto(link);
  expect((await inspectPage(tab.page)).sideways).toBe(0);
  await button(tab).tap();
  const token = await shownToken(tab);
  expect((await inspectPage(tab.page)).sideways).toBe(0);
  expect(await whoIs(token)).toMatchObject({ status: 200, body: { email } });
  expect(tab.complaints).toEqual([]);
});

test('a person types the code of their terminal, first a wrong one, and the terminal gets the token', async () => {
  const asked = await fetch(`${service.api}/links`, {
    method: 'POST',
    body: new URLSearchParams({ email, terminal: 'true' }),
  });
  const { code, poll } = v.parse(v.object({ code: v.string(), poll: v.string() }), await asked.json());
  const tab = await openTab(browser, { viewport: { width: 360, height: 740 } });
  await tab.page.goto(await newLink());
  const field = tab.page.getByLabel('Code that the terminal shows');
  for (const [typed, then] of [
    ['BCDF-GHJK', '4 tries are left'],
    [code.toLowerCase(), 'Go back to your terminal'],
  ] as const) {
    await field.fill(typed);
    await tab.page.keyboard.press('Enter');
    await tab.page.getByText(then).first().waitFor();
    expect((await inspectPage(tab.page)).sideways).toBe(0);
    expect(await tab.page.content()).not.toMatch(/ey[\w-]+\.[\w-]+\./);
  }
  const fetched = await fetch(`${service.api}/links/poll`, { method: 'POST', body: new URLSearchParams({ poll }) });
  const { token } = v.parse(v.object({ token: v.string() }), await fetched.json());
  expect(await whoIs(token)).toMatchObject({ status: 200, body: { email } });
  // A refused form is an error to the browser's console.
  expect(tab.complaints.filter((complaint) => !complaint.includes('403'))).toEqual([]);
});

test('the page at the address of the Python server has the button, too', async () => {
  const link = await mailedLink();
  const tab = await openTab(browser);
  await tab.page.goto(link.replace('/links/', '/verifytoken/'));
  await button(tab).click();
  expect(await whoIs(await shownToken(tab))).toMatchObject({ status: 200, body: { email } });
  expect(tab.complaints).toEqual([]);
});

test('a link that nobody was sent gets a page that says so', async () => {
  const tab = await openTab(browser);
  expect((await tab.page.goto(`${service.api}/links/nothing`))?.status()).toBe(404);
  await tab.page.getByRole('heading', { name: 'This link is not known' }).waitFor();
  expect(tab.complaints).toEqual([]);
});
