import { keepPage, keptPage } from '../../functions/grant-credentials/keep-pages';
import { redeemPage, tokenPage } from '../../functions/redeem-link/link-pages';
import { loginRefusal, refusal, refusalOf } from '../../functions/redeem-link/link-state';
import { codePage, confirmedPage } from '../../functions/redeem-link/login-pages';
import { startPage } from '../../functions/redeem-link/show-start';
import { reminderMail } from '../../functions/remind/reminder-text';
import { linkMail } from '../../functions/request-link/mail-text';
import { mailedPage } from '../../functions/request-link/mailed-page';
import { ApiError } from '../../shared/contract/errors';
import { labOf } from '../../shared/http/lab';
import { documentOf, type Page } from '../../shared/http/page';
import { problemPage } from '../../shared/http/problem-page';

export const token = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiJ5b3VAbGFiLm9yZyJ9'.repeat(9)}.${'SflKxwRJSMeKKF2QT4fw'.repeat(2)}`;
export const origin = 'https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com';
const email = 'patricia.example-researcher@materials.lab.org';
const expires = '2026-12-24T08:15:00.000Z';
const lab = labOf({ labName: 'Materials Lab', contact: 'help@materials.lab.org' });

const met = { requestId: 'YhV9sjXpoAMEJ0g=', origin };
const login = { email, expires, askedFrom: '203.0.113.7', askedBy: 'mgrant on linux' };
const parts = { email, id: 'a', hash: 'h', terminal: true };
const confirmed = { ...parts, state: 'redeemed' as const, expiresAt: 0, tries: 1, code: 'c', tried: 'c' };
const problem = (refused: ApiError) => problemPage(refused, met);

const host = 'mongodb03shard02.materialsproject.production.lawrenceberkeleylab.example.org:27020';
const place = { host, db: 'fw_phonons', role: 'readWrite' };
const renewals = [
  { ...place, label: '', kept: true, expires },
  { ...place, label: 'laptop', kept: false, code: 'host_unreachable', detail: `${host} does not answer.` },
];

const pages: Record<string, Page> = {
  keep: keepPage({
    email,
    ticket: 'x',
    logins: [{ named: { ...place, id: 'a', label: '', expiresAt: 0 }, grant: undefined }],
  }),
  kept: keptPage({ email, ticket: 'x', renewals }),
  start: startPage(origin, lab),
  mailed: mailedPage(email, 'If this address may use mongogrant, a link is on its way to its mailbox.'),
  redeem: redeemPage({ link: 'abc', email, expires }),
  token: tokenPage({ token, email, expires, origin }),
  code: codePage(login),
  'wrong-code': codePage({ ...login, wrong: 'The terminal shows another code. Look again: 4 tries are left.' }),
  confirmed: confirmedPage({ email }),
  used: problem(refusal('link_used', email)),
  expired: problem(refusal('link_expired', email)),
  unknown: problem(refusal('link_unknown')),
  'login-done': problem(refusalOf('link_used', parts, confirmed)),
  'login-expired': problem(loginRefusal('link_expired', email)),
  error: problem(new ApiError('internal', 'Please try again. If it goes on, tell your admin the requestId.')),
  lost: problem(new ApiError('not_found', 'There is no such route.')),
};

/** The documents of all pages, by their paths. */
export const documents: Record<string, string> = Object.fromEntries(
  Object.entries(pages).map(([name, page]) => [`/${name}`, documentOf(page, lab)]),
);

const mailed = {
  email,
  id: 'abcdefghijklmnop',
  url: `${origin}/links/${'eW91QGxhYi5vcmc'.repeat(7)}`,
  expires: new Date(expires),
  requestedFrom: '203.0.113.7',
  userAgent: 'curl/8.5.0',
  origin,
  lab,
};
const ending = {
  host: 'mongodb03.lab.org',
  db: 'fw_phonons',
  role: 'readWrite',
  username: 'patricia_lab.org_readWrite',
};
const now = new Date('2026-12-24T08:00:00.000Z');

/** The mails in HTML, by their paths. */
export const mails: Record<string, string> = {
  '/mail-link': linkMail(mailed, now).html,
  '/mail-login': linkMail({ ...mailed, terminal: true }, now).html,
  '/mail-reminder': reminderMail(
    ['', 'laptop'].map((label) => ({ ...ending, label, expires: new Date(expires) })),
    { keepAt: `${origin}/renewals/x`, lab },
  ).html,
};
