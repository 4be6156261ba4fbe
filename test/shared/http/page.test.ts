import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { redeemPage, tokenPage } from '../../../functions/redeem-link/link-pages';
import { codePage, confirmedPage } from '../../../functions/redeem-link/login-pages';
import { startPage } from '../../../functions/redeem-link/show-start';
import { mailedPage } from '../../../functions/request-link/mailed-page';
import { type AboutProblem, ApiError, type ErrorCode } from '../../../shared/contract/errors';
import { type Lab, labOf } from '../../../shared/http/lab';
import { documentOf, type Page, pageHeaders } from '../../../shared/http/page';
import { problemPage } from '../../../shared/http/problem-page';

const expires = '2026-11-24T08:15:00.000Z';
const origin = 'https://grants.lab.org';
const lab = labOf({ labName: 'Materials Lab', contact: 'help@lab.org' });
const shown = (page: Page, by: Lab = lab) => documentOf(page, by);
const redeem = (email = 'you@lab.org') => shown(redeemPage({ link: 'abc', email, expires }));
const token = (value = 'abc.def.ghi', email = 'you@lab.org', at = origin) =>
  shown(tokenPage({ token: value, email, expires, origin: at }));
const problem = (text = 'words', about: AboutProblem = {}, code: ErrorCode = 'link_used') =>
  shown(problemPage(new ApiError(code, text, undefined, about), { requestId: 'request-1', origin }));

const count = (page: string, part: string | RegExp) => page.split(part).length - 1;

/** The text of the element with this id, as a browser would copy it. */
function textOf(page: string, id: string): string {
  const inside = page.split(`id="${id}">`)[1]?.split(/<\/code>/)[0] ?? '';
  const marks: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return inside.replace(/<[^>]*>/g, '').replace(/&[a-z0-9#]+;/g, (entity) => marks[entity] ?? entity);
}

/** What the shell hands to `program` when this line is pasted into it. */
function argumentsOf(program: string, line: string): string[] {
  const script = `${program}() { printf '%s\\0' "$@"; }\n${line}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('the redeem page', () => {
  test('says whom it is for, when the link ends, and has one form that posts to the link', () => {
    expect(redeem()).toContain('<strong>you@lab.org</strong>');
    expect(redeem()).toContain(`<time datetime="${expires}">08:15 UTC on 24 November 2026</time>`);
    expect(redeem()).toContain('<form method="post" action="../links/abc"><button');
    expect(count(redeem(), '<form')).toBe(1);
    expect(count(redeem(), '<button')).toBe(1);
  });
});

describe('the token page', () => {
  test('holds the token in a labelled field that no spell checker sends away', () => {
    expect(token()).toContain('<label for="token">Fetch token</label>');
    expect(token()).toMatch(/<textarea id="token"[^>]* readonly spellcheck="false"[^>]*>\nabc\.def\.ghi<\/textarea>/);
    expect(token()).toContain('shown only this once');
  });

  test('puts the token into no line and no address: what stands there asks for it', () => {
    expect(count(token(), 'abc.def.ghi')).toBe(1);
    expect(textOf(token(), 'mgrant')).toBe('mgrant settoken --endpoint https://grants.lab.org');
    expect(textOf(token(), 'python')).toBe(
      'from getpass import getpass\nfrom mongogrant.client import Client\nClient().set_remote("https://grants.lab.org", getpass("Token: "))',
    );
  });

  test('the line for curl reads the token, and keeps it out of the list of processes', () => {
    const line = textOf(token(), 'curl');
    const script = `curl() { printf '%s\\0' "$@"; cat; }\n${line}`;
    const out = execFileSync('bash', ['-c', script], { encoding: 'utf8', input: 'abc.def.ghi\n' });
    expect(out.split('\0')).toEqual([
      'https://grants.lab.org/grants',
      '-H',
      '@-',
      ...['host=HOST', 'db=DATABASE', 'role=readWrite'].flatMap((field) => ['-d', field]),
      'Authorization: Bearer abc.def.ghi\n',
    ]);
  });
});

describe('a problem page', () => {
  test('says in words what happened, and has the code and the request in small print', () => {
    const page = problem('Once only.');
    expect(page).toContain('<h1>This link has been used</h1>\n<p>Once only.</p>');
    expect(page).toContain('<title>This link has been used · mongogrant</title>');
    expect(page).toContain('<p class="fine">link_used · requestId request-1</p>');
    expect(page).not.toMatch(/Error \d/);
    expect(problem('words', { heading: 'All is done' })).toContain('<h1>All is done</h1>');
  });

  test('has a button that asks for a new link, which only a press sends', () => {
    const page = problem('words', { owner: 'you@lab.org', mayAsk: true });
    expect(page).toContain(
      '<form method="post" action="../links"><input type="hidden" name="email" value="you@lab.org"><button',
    );
    expect(count(page, '<form')).toBe(1);
    expect(page).not.toContain('<a href="https://grants.lab.org/"');
  });

  test('asks for the address where nobody knows it', () => {
    const page = problem('words', { mayAsk: true }, 'link_unknown');
    expect(page).toContain(
      '<label for="email">Your e-mail address</label>\n<input id="email" name="email" type="email"',
    );
  });

  test('leads to the start page where there is nothing else to do', () => {
    const page = problem('Try again.', {}, 'internal');
    expect(page).toContain('<a href="https://grants.lab.org/">To the start page</a>');
    expect(page).not.toMatch(/<form|<pre|<button/);
  });

  test.each(["o'brien$(id)`id`@lab.org", 'a&b|c@lab.org', '!x{1,2}~@lab.org', "'''@lab.org", '-x#y@lab.org'])(
    'the line that begins a login again: %s is one word to the shell',
    (email) => {
      const line = textOf(problem('words', { terminalLogin: email }), 'command');
      expect(argumentsOf('mgrant', line)).toEqual(['login', email, '--endpoint', origin]);
    },
  );
});

describe('the start page', () => {
  test('has a form that posts an address to this service, and the line for a terminal', () => {
    const page = shown(startPage(origin, lab));
    expect(page).toContain('<h1>MongoDB logins of Materials Lab</h1>');
    expect(page).toContain('<form method="post" action="../links">');
    expect(count(page, '<form')).toBe(1);
    expect(argumentsOf('mgrant', textOf(page, 'mgrant'))).toEqual(['login', 'you@lab.org', '--endpoint', origin]);
    expect(shown(startPage(origin, {}), {})).toContain('<h1>MongoDB logins</h1>');
  });
});

describe('every page', () => {
  const all = {
    start: shown(startPage(origin, lab)),
    mailed: shown(mailedPage('you@lab.org', 'words')),
    redeem: redeem(),
    token: token(),
    code: shown(codePage({ email: 'you@lab.org', expires, wrong: 'words' })),
    confirmed: shown(confirmedPage({ email: 'you@lab.org' })),
    problem: problem(),
    used: problem('words', { owner: 'you@lab.org' }),
    unknown: problem('words', { mayAsk: true }),
    over: problem('words', { terminalLogin: 'you@lab.org' }),
  };

  test.each(Object.entries(all))('%s: says who runs the service and whom to ask', (_, page) => {
    expect(page).toContain(
      '<footer class="soft"><strong>Materials Lab</strong> runs this mongogrant. Questions? Ask <a',
    );
  });

  test('names nobody where the settings do not', () => {
    const parts = (by: Lab) => /<footer.*<\/footer>/.exec(documentOf(startPage(origin, by), by))?.[0] ?? '';
    expect(parts({})).toBe('');
    expect(parts(labOf({ labName: 'A & B' }))).toBe(
      '<footer class="soft"><strong>A &amp; B</strong> runs this mongogrant. </footer>',
    );
    expect(parts(labOf({ contact: 'https://lab.org/help' }))).toContain(
      '<footer class="soft">Questions? Ask <a href="https://lab.org/help"',
    );
  });

  test.each(Object.entries(all))('%s: its policy allows exactly its own style and script', (_, page) => {
    const policy = pageHeaders['content-security-policy'];
    for (const element of ['style', 'script']) {
      const inline = [...page.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, 'g'))].map(
        (match) => match[1] ?? '',
      );
      expect(inline).toHaveLength(1);
      const hash = createHash('sha256').update(inline.join('')).digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/ (style|on[a-z]+|src)=/);
  });

  test.each(Object.entries(all))(
    '%s: has a language, a title, a viewport, one main heading and one status',
    (_, page) => {
      expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
      for (const part of ['<title>', 'name="viewport"', '<main>', '<h1>', 'role="status" aria-live="polite"'])
        expect(count(page, part)).toBe(1);
    },
  );

  test('stays under 12 KB with a long token', () => {
    const long = token('x'.repeat(900), `${'a'.repeat(64)}@${'b'.repeat(60)}.org`, `https://${'c'.repeat(60)}.org`);
    for (const page of [...Object.values(all), long]) expect(Buffer.byteLength(page)).toBeLessThan(12 * 1024);
  });

  test('lets no markup of its input through', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(...'<>"\'&/=`$ -!\n', 'script', 'lt;', 'é', '\u202e', '\0'),
      minLength: 1,
    });
    const marks = (page: string) => ['<', '>', '"', "'"].map((mark) => count(page, mark));
    const plain = [redeem(), token(), problem('words', { owner: 'words' })].map(marks);
    fc.assert(
      fc.property(nasty, (text) => {
        expect([redeem(text), token(text, text, text), problem(text, { owner: text })].map(marks)).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });
});

test('nothing of a page leaves: no frame, no referrer, no sniffing, no foreign form target', () => {
  const policy = pageHeaders['content-security-policy'].split('; ');
  const fixed = ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"];
  expect(policy).toEqual(expect.arrayContaining(fixed));
  expect(policy).toHaveLength(6);
  expect(pageHeaders).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  });
});
