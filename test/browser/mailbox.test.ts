import type { Browser, BrowserContextOptions } from 'playwright-core';
import { bindListener, onLoopback } from '../../local/loopback';
import { startMailbox } from '../../local/mailbox';
import { sesMailer } from '../../shared/aws/mailer';
import { launchChromium, openTab } from './chromium';
import { inspectPage } from './inspect-page';
import { axeFaults, keepPicture, screens } from './look-at';
import { mails } from './shown-pages';

let browser: Browser;
let mailbox: Awaited<ReturnType<typeof startMailbox>>;

beforeAll(async () => {
  browser = await launchChromium();
});
beforeEach(async () => {
  mailbox = await startMailbox({ port: 0 });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SES: `http://localhost:${mailbox.port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await mailbox.close();
});
afterAll(() => browser?.close());

const link = 'https://grants.lab.org/links/eW91.abc';
const plain = `Open this page:\n\n${link}\n\nIt works once.`;
const send = (subject: string, html = mails['/mail-link'] ?? '', text = plain) =>
  sesMailer({ mailFrom: 'mongogrant <no-reply@lab.org>', contact: 'help@lab.org' })({
    to: 'you@lab.org',
    subject,
    text,
    html,
  });

async function open(options?: BrowserContextOptions) {
  const tab = await openTab(browser, options);
  await tab.page.goto(`http://localhost:${mailbox.port}/`);
  return tab;
}

test('mails come by themselves, the newest first and open, until somebody chooses another', async () => {
  const { page, complaints } = await open();
  await page.getByText('No mail yet').waitFor();
  await send('the first');
  await page.getByRole('heading', { name: 'the first' }).waitFor();
  await page.getByText('help@lab.org').first().waitFor();
  await send('the second');
  await page.getByRole('heading', { name: 'the second' }).waitFor();
  expect(await page.locator('nav li').allTextContents()).toEqual([
    expect.stringMatching(/^the second/),
    expect.stringMatching(/^the first/),
  ]);
  await page.getByRole('button', { name: 'the first' }).click();
  await page.getByRole('heading', { name: 'the first' }).waitFor();
  await send('the third');
  await page.getByRole('button', { name: 'the third' }).waitFor();
  expect(await page.locator('h2').textContent()).toBe('the first');
  expect(complaints).toEqual([]);
});

test.each(['HTML', 'Text'])(
  'a link in the %s of a mail opens a tab of its own, which knows nothing of the mailbox',
  async (view) => {
    await send('a link', `<p><a href="${link}">${link}</a></p>`);
    const { page, context } = await open();
    await context.route('https://grants.lab.org/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>asked</title>' }),
    );
    await page.getByRole('button', { name: view, exact: true }).click();
    const shown = view === 'HTML' ? page.frameLocator('iframe') : page.locator('pre');
    const opening = context.waitForEvent('page');
    await shown.getByRole('link', { name: link }).click();
    const opened = await opening;
    await opened.waitForURL(link);
    expect(await opened.evaluate<boolean>('window.opener === null')).toBe(true);
    expect(page.url()).toBe(`http://localhost:${mailbox.port}/`);
  },
);

test('no script of a mail runs, and nothing of it loads', async () => {
  // What counts is what arrives: Chromium also tells of a request that the policy stops.
  const loaded: unknown[] = [];
  const other = await onLoopback(
    0,
    'PORT',
    bindListener(({ url }, response) => {
      loaded.push(url);
      response.end();
    }),
  );
  const at = `http://localhost:${other.port}`;
  const evil = `<script>parent.document.title = 'taken'</script><img src="${at}/p.png" onerror="top.location = '${at}'"><form action="${at}"><button>Press</button></form>`;
  try {
    await send('<b>evil</b>', evil, '<script>document.title = "taken"</script>');
    const { page } = await open();
    await page.getByRole('heading', { name: '<b>evil</b>' }).waitFor();
    await page.frameLocator('iframe').getByRole('button', { name: 'Press' }).click();
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    await page.locator('pre').getByText('<script>').waitFor();
    expect(await page.title()).toBe('Mailbox · mongogrant');
    expect(page.url()).toBe(`http://localhost:${mailbox.port}/`);
    expect(loaded).toEqual([]);
  } finally {
    await other.close();
  }
});

const views = screens.map((screen) => [screen.viewport.width, screen.colorScheme, screen] as const);

test.each(views)('at %d pixels, %s: one screen, in which axe finds nothing', async (_, __, screen) => {
  const { page, complaints } = await open(screen);
  await page.getByText('No mail yet').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await keepPicture(page, 'mailbox-empty', screen);
  for (const subject of ['Your mongogrant link 3f9a1c, asked for at 08:00 UTC', 'Another link']) await send(subject);
  await page.getByRole('button', { name: 'Another link' }).waitFor();
  for (const view of ['HTML', 'Text']) {
    await page.getByRole('button', { name: view, exact: true }).click();
    expect(await axeFaults(page)).toEqual([]);
    await keepPicture(page, `mailbox-${view.toLowerCase()}`, screen);
    const { sideways, texts, controls } = await inspectPage(page);
    expect(sideways).toBe(0);
    expect(texts.filter(({ contrast }) => contrast < 4.5)).toEqual([]);
    expect(controls.filter(({ width, height }) => width < 24 || height < 24)).toEqual([]);
    expect(await page.evaluate<boolean>('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
  }
  expect(complaints).toEqual([]);
});
