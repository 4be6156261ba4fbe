import type { Actor } from './play';
import { loggingIn, runRotation } from './rotation';
import { admin, allow, ask, type Edges, host, runReaper, runReconcile, you } from './world';

export type ActName = keyof typeof acts;

const wish = { host, db: 'd', role: 'readWrite', ttl: '1 h' };
const deny = { ...allow, which: 'deny' };
const query = (rule: Record<string, string>) => `/rules?${new URLSearchParams(rule)}`;
const grant = (edges: Edges, now: number) => ask(edges, now, you, 'POST', '/grants', wish);
const revoke = (edges: Edges, now: number) => ask(edges, now, you, 'DELETE', '/grants?db=d');
const setRule = (rule: object) => (edges: Edges, now: number) => ask(edges, now, admin, 'PUT', '/rules', rule);

/** What one actor does: a request, or a run of the reaper, the reconciliation or a rotation. A number in a name is how many seconds earlier or later its clock is. */
export const acts = {
  grant,
  'grant 2': grant,
  'grant 3': grant,
  renew: (edges: Edges, now: number) => ask(edges, now, you, 'POST', '/grants/renew', wish),
  'renew -1': (edges: Edges, now: number) => ask(edges, now - 1, you, 'POST', '/grants/renew', wish),
  revoke,
  'revoke 2': (edges: Edges, now: number) => ask(edges, now, admin, 'DELETE', `/grants?email=*&host=${host}`),
  deny: setRule(deny),
  'deny all': setRule({ ...deny, email: '*', host: '*' }),
  narrow: setRule({ ...allow, cidrs: ['10.0.0.0/8'] }),
  shorten: setRule({ ...allow, maxTtl: '60 s' }),
  'no rule': (edges: Edges, now: number) => ask(edges, now, admin, 'DELETE', query(allow)),
  reap: (edges: Edges, now: number) => runReaper(edges, now),
  'reap 2': (edges: Edges, now: number) => runReaper(edges, now),
  'reap +59': (edges: Edges, now: number) => runReaper(edges, now + 59),
  reconcile: runReconcile,
  'reconcile 2': runReconcile,
  rotate: runRotation,
  'grant by login': (edges: Edges, now: number) => grant(loggingIn(edges, now), now),
  'revoke by login': (edges: Edges, now: number) => revoke(loggingIn(edges, now), now),
};

/** Requests that end a grant, or forbid it. */
export const ending: readonly string[] = [
  'revoke',
  'revoke 2',
  'revoke by login',
  'deny',
  'deny all',
  'narrow',
  'shorten',
  'no rule',
];

export const actor = (name: ActName, now: number): Actor<Edges> => ({ name, act: (edges) => acts[name](edges, now) });
