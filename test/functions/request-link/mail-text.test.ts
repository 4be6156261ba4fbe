import fc from 'fast-check';
import { linkMail } from '../../../functions/request-link/mail-text';
import { labOf } from '../../../shared/http/lab';
import { newId } from '../../../shared/tokens/tokens';

const now = new Date('2026-11-24T08:00:00.250Z');
const link = {
  email: 'you@lab.org',
  id: 'abcdefghijklmnop',
  url: 'https://grants.lab.org/links/eW91.abc-_123',
  expires: new Date('2026-11-24T08:15:00.000Z'),
  requestedFrom: '203.0.113.7',
  origin: 'https://grants.lab.org',
  lab: {},
};
const mail = (changes: Partial<Parameters<typeof linkMail>[0]> = {}) => linkMail({ ...link, ...changes }, now);
const clientIn = (text: string) => /calls itself "(.*)"/.exec(text)?.[1];

test('both versions say for whom, from where, until when, and what to do if it was not you', () => {
  const { subject, text, html } = mail();
  expect(subject).toMatch(/^Your mongogrant link [0-9a-f]{6}, asked for at 08:00 UTC$/);
  for (const words of [
    'you@lab.org',
    '15 minutes, until 08:15 UTC on 24 November 2026',
    'Asked from: 203.0.113.7',
    'Opening the page does not use it up',
    'do nothing: nobody gets in without this mailbox',
    'tell the admin of https://grants.lab.org',
  ]) {
    expect(text).toContain(words);
    expect(html).toContain(words);
  }
});

test('no two mails have one subject, and a subject holds nothing of its link', () => {
  const ids = Array.from({ length: 200 }, newId);
  const subjects = ids.map((id) => mail({ id }).subject);
  expect(new Set(subjects).size).toBe(ids.length);
  for (const [n, id] of ids.entries()) expect(subjects[n]).not.toContain(id.slice(0, 6));
});

test('both versions say who runs this and whom to ask, where the settings do, and invent nothing else', () => {
  const { text, html } = mail({ lab: labOf({ labName: 'Lab <A> & Söhne', contact: 'help@lab.org' }) });
  expect(text.trimEnd().split('\n').at(-1)).toBe('Lab <A> & Söhne runs this mongogrant. Questions? Ask help@lab.org');
  expect(html).toContain('<p>Lab &lt;A&gt; &amp; Söhne runs this mongogrant. Questions? Ask help@lab.org</p>');
  expect(text).toContain('please tell help@lab.org.');
  expect(mail({ lab: labOf({ contact: 'https://lab.org/help' }) }).text).toMatch(
    /\n\nQuestions\? Ask https:\/\/lab.org\/help\n$/,
  );
  expect(mail().text).toMatch(/tell the admin of https:\/\/grants.lab.org\.\n$/);
  expect(mail().html).not.toContain('<p></p>');
});

test('the text has the link on a line of its own', () => {
  expect(mail().text.split('\n')).toContain(link.url);
});

test('the HTML links to nothing but the link, shows it bare as well, and loads nothing', () => {
  const { html } = mail({ userAgent: 'curl/8.5.0' });
  expect([...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1])).toEqual([link.url, link.url]);
  expect(html).toContain(`>${link.url}</a>`);
  expect(html).not.toMatch(/<(img|link|script|style|table)|src=|url\(/);
});

test.each([
  ['2026-11-24T08:01:00.000Z', '1 minute,'],
  ['2026-11-24T09:30:00.000Z', '90 minutes,'],
  ['2026-11-24T10:00:00.000Z', '2 hours,'],
  ['2026-11-25T08:00:00.000Z', '1 day,'],
])('a link that ends at %s works for %s', (expires, length) => {
  expect(mail({ expires: new Date(expires) }).text).toContain(`once, for ${length}`);
});

describe('what the client calls itself', () => {
  test('is shown as it is when it is harmless', () => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/130.0';
    expect(clientIn(mail({ userAgent: agent }).text)).toBe(agent);
  });

  test.each([undefined, '', '   ', '\u0000\u0007é'])('is left out when it says nothing: %j', (userAgent) => {
    const { text } = mail({ userAgent });
    expect(text).toContain('Asked from: 203.0.113.7\n');
    expect(text).not.toContain('calls itself');
  });

  test.each([
    ['see http://evil.example/login', 'see http /evil example/login'],
    ['www.evil.example', 'www evil example'],
    ['7.example', '7 example'],
    ['mail me@evil.example', 'mail me evil example'],
    ['a\r\nBcc: x\u202e', 'a Bcc x'],
  ])('holds nothing that a mail program makes a link of: %j', (userAgent, shown) => {
    expect(clientIn(mail({ userAgent }).text)).toBe(shown);
  });

  test('is at most 80 printable characters, adds no line and no markup, whatever it is', () => {
    const plain = mail({ userAgent: 'curl' });
    const marks = (html: string) => html.split(/[<>]/).length;
    const words = fc.constantFrom(
      'http://',
      'https:',
      '//',
      'www.',
      '.',
      'com',
      '@',
      '<',
      '>',
      '"',
      '&',
      '\r',
      '\n',
      '7',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(words, fc.string({ minLength: 1, maxLength: 1, unit: 'binary' })), maxLength: 200 }),
        (noise) => {
          const made = mail({ userAgent: `x${noise}` });
          const shown = clientIn(made.text) ?? '';
          expect(shown).toMatch(/^[ -~]{1,80}$/);
          expect(shown).not.toMatch(/:|@|\/\/|[A-Za-z]\.|\.[A-Za-z]/);
          expect(made.text.split(/[\r\n]/)).toHaveLength(plain.text.split(/[\r\n]/).length);
          expect(marks(made.html)).toBe(marks(plain.html));
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('an address with markup in it stays text', () => {
  const { html } = mail({ email: "o'<b>&amp@lab.org" });
  expect(html).toContain('o&#39;&lt;b&gt;&amp;amp@lab.org');
});
