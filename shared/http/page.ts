import { createHash } from 'node:crypto';
import { type Html, html } from './html';
import { contactLink, type Lab } from './lab';
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

/** What a page says. {@link documentOf} adds what every page has. */
export interface Page {
  title: string;
  content: Html;
}

export const page = (title: string, content: Html): Page => ({ title, content });

export const timeOf = (iso: string): Html => html`<time datetime="${iso}">${readableTime(new Date(iso))}</time>`;

export const copyButton = (id: string, what: string): Html =>
  html`<button type="button" class="copy" data-copy="${id}" hidden>Copy<span class="sr"> ${what}</span></button>`;

/** Lines for a terminal or a program under a heading, with a button that copies them. */
export const lines = (id: string, heading: string, code: string, note: Html | '' = ''): Html =>
  html`<section><div class="bar"><h2>${heading}</h2>${copyButton(id, `the ${id} lines`)}</div>${note}<pre translate="no"><code id="${id}">${code}</code></pre></section>`;

const mark = html`<svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" aria-hidden="true"><circle cx="8" cy="12" r="4.5"/><path d="M12.5 12H21m-3.5 0v4"/></svg>`;

/** Who runs this, and whom to ask, where the settings say so. */
function footer(lab: Lab): Html | '' {
  if (!lab.name && !lab.contact) return '';
  const runs = lab.name && html`<strong>${lab.name}</strong> runs this mongogrant. `;
  const ask = lab.contact && html`Questions? Ask ${contactLink(lab, '')}`;
  return html`<footer class="soft">${runs || ''}${ask || ''}</footer>\n`;
}

/** The whole document. It names no icon: the policy would block one with an error, and stops browsers from asking for one themselves. */
export function documentOf({ title, content }: Page, lab: Lab): string {
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
${footer(lab)}<p id="status" role="status" aria-live="polite"></p>
</div>
<script>${{ html: pageScript }}</script>
</body>
</html>
`.html;
}
