import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { askAgain, pageHeaders, problemPage, redeemPage, tokenPage } from '../../../shared/http/page';

const expires = '2026-11-24T08:15:00.000Z';
const origin = 'https://grants.lab.org';
const redeem = (email = 'you@lab.org') => redeemPage({ link: 'abc', email, expires });
const token = (value = 'abc.def.ghi', email = 'you@lab.org', at = origin) =>
  tokenPage({ token: value, email, expires, origin: at });
const problem = (text = 'words') => problemPage({ status: 410, title: text, detail: text, next: text, command: text });

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

  test('gives the lines for curl, mgrant and Python', () => {
    expect(argumentsOf('curl', textOf(token(), 'curl'))).toEqual(
      ['https://grants.lab.org/grants', '-H', 'Authorization: Bearer abc.def.ghi'].concat(
        ...['host=HOST', 'db=DATABASE', 'role=readWrite'].map((field) => ['-d', field]),
      ),
    );
    expect(textOf(token(), 'mgrant')).toBe(
      'mgrant init you@lab.org --endpoint https://grants.lab.org\nmgrant settoken abc.def.ghi --endpoint https://grants.lab.org',
    );
    expect(textOf(token(), 'python')).toBe(
      'from mongogrant.client import Client\nclient = Client()\nclient.set_remote("https://grants.lab.org", "abc.def.ghi")',
    );
  });

  test('puts the token into no address', () => {
    expect(token()).not.toMatch(/(href|src|action)=/);
    expect(token()).not.toMatch(/https:[^\s"]*abc\.def/);
  });

  test.each(["o'brien$(id)`id`@lab.org", 'a&b|c@lab.org', '!x{1,2}~@lab.org', "'''@lab.org", '-x#y@lab.org'])(
    '%s is one word to the shell',
    (email) => {
      const [init = ''] = textOf(token('t', email), 'mgrant').split('\n');
      expect(argumentsOf('mgrant', init)).toEqual(['init', email, '--endpoint', origin]);
      expect(argumentsOf('mgrant', askAgain(origin, email).command)).toContain(email);
    },
  );
});

describe('a problem page', () => {
  test('says what happened and shows the line that asks for a new link', () => {
    const page = problemPage({
      status: 410,
      title: 'This link has been used',
      detail: 'Once only.',
      ...askAgain(origin),
    });
    expect(page).toContain('<h1>This link has been used</h1>');
    expect(page).toContain('<title>This link has been used · mongogrant</title>');
    expect(page).toContain('Error 410');
    expect(argumentsOf('curl', textOf(page, 'command'))).toEqual([
      'https://grants.lab.org/links',
      '--data-urlencode',
      'email=you@lab.org',
    ]);
  });

  test('shows no empty command where there is nothing to run', () => {
    const page = problemPage({ status: 500, title: 'Sorry', detail: 'Try again.' });
    expect(page).not.toContain('<pre');
    expect(page).not.toContain('<button');
  });
});

describe('every page', () => {
  const all = { redeem: redeem(), token: token(), problem: problem() };

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
    expect(page).not.toMatch(/ (style|on[a-z]+|src|href)=/);
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
    for (const page of [redeem(), long, problem()]) expect(Buffer.byteLength(page)).toBeLessThan(12 * 1024);
  });

  test('lets no markup of its input through', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(...'<>"\'&/=`$ -!\n', 'script', 'lt;', 'é', '\u202e', '\0'),
      minLength: 1,
    });
    const marks = (page: string) => ['<', '>', '"', "'"].map((mark) => count(page, mark));
    const plain = [redeem(), token(), problem()].map(marks);
    fc.assert(
      fc.property(nasty, (text) => {
        expect([redeem(text), token(text, text, text), problem(text)].map(marks)).toEqual(plain);
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
