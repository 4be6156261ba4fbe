import { createHash } from 'node:crypto';
import { type Html, html } from './html';
import { pageScript } from './page-script';
import { pageStyle } from './page-style';
import { readableTime } from './readable-time';

const allowed = (inline: string): string => `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;

/**
 * The headers of every page. The inline style and script are allowed by hash, and nothing else loads. Browsers send `Origin: null` with the
 * form, as they send no referrer.
 */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src ${allowed(pageStyle)}`,
    `script-src ${allowed(pageScript)}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy':
    'camera=(), clipboard-read=(), clipboard-write=(self), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** The page behind a mailed link: one button, which posts to `/links/{link}`. Showing it spends nothing. */
export function redeemPage(link: { link: string; email: string; expires: string }): string {
  return page(
    'Get your token',
    html`<h1>Get your token</h1>
<p>This link was mailed to <strong>${link.email}</strong>. The button shows you a token: with it you, or your programs, can ask for MongoDB logins in the name of that address.</p>
<form method="post" action="../links/${link.link}"><button class="main">Show my token</button></form>
<ul class="soft">
<li>The link works once. The button uses it up; opening this page does not.</li>
<li>It ends at ${timeOf(link.expires)}.</li>
<li>You did not ask for it? Close this page, and nothing happens.</li>
</ul>`,
  );
}

/** The page that shows a token once, with what its owner may do next. */
export function tokenPage(issued: { token: string; email: string; expires: string; origin: string }): string {
  const token = html`<span class="short">${issued.token}</span>`;
  return page(
    'Your token',
    html`<h1>Your token</h1>
<p>For <strong>${issued.email}</strong>, until ${timeOf(issued.expires)}.</p>
<div class="bar"><label for="token">Fetch token</label>${copyButton('token', 'token')}</div>
<textarea id="token" rows="6" readonly spellcheck="false" autocomplete="off" translate="no">
${issued.token}</textarea>
<p class="warn"><strong>It is shown only this once.</strong> Treat it like a password: whoever holds it can ask for logins in your name.</p>
<div class="next"><h2>What you can do with it</h2>
${lines('curl', 'Get a login with curl', html`curl ${issued.origin}/grants -H "Authorization: Bearer ${token}" -d host=HOST -d db=DATABASE -d role=readWrite`)}
${lines('mgrant', 'Keep it for mgrant', html`mgrant init ${shellWord(issued.email)} --endpoint ${issued.origin}\nmgrant settoken ${token} --endpoint ${issued.origin}`, html`<p class="soft">The first line tells mgrant about this service, and mails you one more link that you may ignore. If mgrant knows it already, run the second line only.</p>`)}
${lines('python', 'Keep it for Python', html`from mongogrant.client import Client\nclient = Client()\nclient.set_remote("${issued.origin}", "${token}")`)}
</div>`,
  );
}

/** What went wrong, and what to do next, with the command for it. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
  /** A sentence that says what to do; see {@link askAgain}. */
  next?: string;
  /** The command that the sentence mentions. */
  command?: string;
}

/** The page of a refused request: a used, expired or unknown link, or any other error that a browser meets. */
export function problemPage(problem: Problem): string {
  return page(
    problem.title,
    html`<p class="soft">Error ${problem.status}</p>
<h1>${problem.title}</h1>
<p>${problem.detail}</p>
${problem.next ? html`<p>${problem.next}</p>` : ''}
${problem.command ? lines('command', 'In a terminal', html`${problem.command}`) : ''}`,
  );
}

/** What to do about a link that no longer works: `problemPage({ ...problem, ...askAgain(origin) })`. `terminalLogin`: its owner. */
export function askAgain(origin: string, terminalLogin?: string): { next: string; command: string } {
  if (terminalLogin)
    return {
      next: 'This line, in your terminal, begins a new login.',
      command: `mgrant login ${shellWord(terminalLogin)} --endpoint ${origin}`,
    };
  return {
    next: 'This line asks for a new link, which comes to your mailbox in a moment.',
    command: `curl ${origin}/links --data-urlencode email=you@lab.org`,
  };
}

/** An address may hold quotes, dollars and backticks. They must mean nothing to the shell into which people paste the line. */
function shellWord(word: string): string {
  return /^[\w@.+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

export const timeOf = (iso: string): Html => html`<time datetime="${iso}">${readableTime(new Date(iso))}</time>`;

const copyButton = (id: string, what: string): Html =>
  html`<button type="button" class="copy" data-copy="${id}" hidden>Copy<span class="sr"> ${what}</span></button>`;

const lines = (id: string, heading: string, code: Html, note: Html | '' = ''): Html =>
  html`<section><div class="bar"><h2>${heading}</h2>${copyButton(id, `the ${id} lines`)}</div>${note}<pre translate="no"><code id="${id}">${code}</code></pre></section>`;

const mark = html`<svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" aria-hidden="true"><circle cx="8" cy="12" r="4.5"/><path d="M12.5 12H21m-3.5 0v4"/></svg>`;

// It names no icon: the policy would block one with an error, and stops browsers from asking for one themselves.
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · mongogrant</title>
<style>${{ html: pageStyle }}</style>
</head>
<body>
<div class="page">
<header class="brand">${mark}mongogrant</header>
<main>
${content}
</main>
<p id="status" role="status" aria-live="polite"></p>
</div>
<script>${{ html: pageScript }}</script>
</body>
</html>
`.html;
}
