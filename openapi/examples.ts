import type * as v from 'valibot';
import type { replies } from '../shared/contract/replies';
import type { ReplyName } from '../shared/contract/route';

const login = {
  host: 'mongodb03.lab.org',
  db: 'fw_phonons',
  role: 'readWrite',
  label: 'laptop',
  expires: '2026-12-24T08:00:00.000Z',
};
const username = 'you_lab.org_readWrite_laptop';
const grant = { email: 'you@lab.org', ...login, username, issued: '2026-11-24T08:00:00.000Z', state: 'active' };
const plainRule = {
  email: '*@lab.org',
  host: 'mongodb03.lab.org',
  db: 'fw_*',
  role: 'readWrite',
  which: 'allow' as const,
  maxTtl: '7 d',
};
const rule = { ...plainRule, version: 3 };
const scope = { hosts: ['mongodb03.lab.org'], dbs: ['fw_'], emails: ['@lab.org'], which: ['allow' as const] };
const ruler = { email: 'grace@lab.org', ...scope, version: 1 };
const cursor = 'q83vEjRWeJq83v';

/** An example of each answer. */
export const replyExamples: { [Name in ReplyName]: v.InferInput<(typeof replies)[Name]> } = {
  service: { name: 'mongogrant', labName: 'Materials Lab', contact: 'help@lab.org' },
  linkRequested: { msg: 'If this address may use mongogrant, a link is on its way to its mailbox.' },
  terminalLink: {
    msg: 'If this address may use mongogrant, a link is on its way to its mailbox.',
    poll: 'eW91QGxhYi5vcmc.bP3kTq9ZxW2mVd7a.tk4q8s.9hQ2zXw7vLrT1nBcK5mD8pYs3fGj6aEu.Qm7xVb2KtR9wZc4LpN8dHs',
    code: 'WDJB-MJHT',
    interval: 3,
  },
  loginConfirmed: { msg: 'Done. Go back to your terminal: it goes on by itself in a few seconds.' },
  pending: { status: 'pending' },
  token: {
    token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.5mhBHqs5_DTLdINd9p5m7ZJ6XD0Xc55kIaCRY5r6HRA',
    email: 'you@lab.org',
    expires: '2026-12-24T08:00:00.000Z',
  },
  grant: {
    username,
    password: 'wk3Vb8TqYz1LrX0nCd7Ms5HgJf2PaEu9',
    ...login,
    uri: `mongodb://${username}:wk3Vb8TqYz1LrX0nCd7Ms5HgJf2PaEu9@mongodb03.lab.org/fw_phonons?authSource=fw_phonons`,
  },
  renewed: grant,
  renewals: {
    renewals: [
      { ...login, kept: true },
      {
        ...{ host: login.host, db: 'fw_old', role: 'read', label: '', kept: false, code: 'not_allowed' },
        detail:
          'No rule gives you read on fw_old at mongodb03.lab.org. Look what the rules open to you, or ask an admin for more.',
      },
    ],
  },
  grants: { grants: [grant] },
  revoked: { revoked: [{ ...grant, state: 'ended' }], pending: [] },
  tokensRevoked: { revoked: 2 },
  me: {
    email: 'you@lab.org',
    expires: '2026-12-24T08:00:00.000Z',
    admin: false,
    ruler: true,
    scope,
    access: [{ host: 'mongodb03.lab.org', db: 'fw_*', role: 'readWrite', maxTtl: '7 d' }],
  },
  rules: { rules: [rule], cursor },
  rule: { ...rule, replaced: { ...plainRule, maxTtl: '1 d' } },
  ruleRemoved: rule,
  losses: {
    ends: [grant],
    shortens: [{ ...grant, label: '', newExpires: '2026-12-01T08:00:00.000Z' }],
    counts: { ends: 1, shortens: 1 },
  },
  why: { allowed: true, rule, rules: [rule], host: 'registered' },
  rulers: { rulers: [ruler] },
  ruler,
  rulerRemoved: ruler,
  pythonLinkSent: { msg: 'Sent link to you@lab.org to retrieve token.' },
  pythonGrant: { password: 'wk3Vb8TqYz1LrX0nCd7Ms5HgJf2PaEu9', username: 'you_lab.org_readWrite' },
  pythonRefusal: 'Missing valid host, db, and/or role',
  pythonRuleSet: { success: true },
  audit: {
    events: [
      {
        act: 'granted',
        at: '2026-11-24T08:00:00.000Z',
        email: 'you@lab.org',
        requestId: 'JKJaXmPLvHcESHA=',
        rule: 'allow *@lab.org readWrite mongodb03.lab.org/fw_*',
        grant: { id: 'Jt6nN0VYc1', ...login, username },
        ip: '192.0.2.1',
      },
    ],
    cursor,
  },
  problem: {
    type: 'urn:mongogrant:problem:not_allowed',
    title: 'Not allowed',
    status: 403,
    detail: 'No rule gives you readWrite on fw_phonons at mongodb03.lab.org. Ask an admin for more.',
    code: 'not_allowed',
    requestId: 'JKJaXmPLvHcESHA=',
  },
};
