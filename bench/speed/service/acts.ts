import { sideBySide } from '../../../shared/async/side-by-side';
import type { Request, Service } from './open-service';

/** Somebody who asks once from a known state. */
export interface Person {
  email: string;
  token: string;
  /** The path of a link that is not spent yet. */
  link: string;
  /** The secret of a terminal that waits for its token. */
  poll: string;
}

export interface People {
  host: string;
  admin: string;
  all: Person[];
}

/** A kind of request that each person can send once. */
export interface Act {
  name: string;
  status: number;
  /** Whether a MongoDB server has a part in it. */
  grants?: boolean;
  /** Whether it changes nothing, so that the same person can send it again. */
  reads?: boolean;
  request(person: Person, people: People): Request;
}

const get = (target: string, token?: string): Request => ({ method: 'GET', target, ...(token && { token }) });
const wish = (host: string, db: string) => ({ host, db, role: 'read' });

const ruleOf = ({ email }: Person, host: string) => ({ email, host, db: 'own', role: 'read', which: 'allow' });
const query = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();

/** Every person holds a token, a link, a terminal login, a rule, a scope, and a grant on `held`. */
export const acts: Act[] = [
  {
    name: 'new grant',
    status: 201,
    grants: true,
    request: ({ token }, { host }) => ({ method: 'POST', target: '/grants', token, body: wish(host, 'new') }),
  },
  {
    name: 'known label',
    status: 201,
    grants: true,
    request: ({ token }, { host }) => ({ method: 'POST', target: '/grants', token, body: wish(host, 'held') }),
  },
  {
    name: 'renew',
    status: 200,
    grants: true,
    request: ({ token }, { host }) => ({ method: 'POST', target: '/grants/renew', token, body: wish(host, 'held') }),
  },
  {
    name: 'revoke',
    status: 200,
    grants: true,
    request: ({ token }) => ({ method: 'DELETE', target: '/grants?db=held', token }),
  },
  { name: 'me', status: 200, reads: true, request: ({ token }) => get('/me', token) },
  { name: 'own grants', status: 200, reads: true, request: ({ token }) => get('/grants', token) },
  {
    name: 'why',
    status: 200,
    reads: true,
    request: ({ token }, { host }) => get(`/rules/why?${query(wish(host, 'held'))}`, token),
  },
  { name: 'own events', status: 200, reads: true, request: ({ token }) => get('/audit', token) },
  { name: 'all events', status: 200, reads: true, request: (_, { admin }) => get('/audit', admin) },
  {
    name: 'ask for a link',
    status: 202,
    request: ({ email }) => ({ method: 'POST', target: '/links', body: { email } }),
  },
  { name: 'look at a link', status: 200, reads: true, request: ({ link }) => get(link) },
  { name: 'redeem a link', status: 200, request: ({ link }) => ({ method: 'POST', target: link }) },
  {
    name: 'wait for a login',
    status: 202,
    reads: true,
    request: ({ poll }) => ({ method: 'POST', target: '/links/poll', body: { poll } }),
  },
  { name: 'revoke tokens', status: 200, request: ({ token }) => ({ method: 'DELETE', target: '/tokens', token }) },
  {
    name: 'rules of one',
    status: 200,
    reads: true,
    request: ({ email }, { admin }) => get(`/rules?${query({ email })}`, admin),
  },
  {
    name: 'set a rule',
    status: 200,
    request: (person, { admin, host }) => ({
      ...{ method: 'PUT', target: '/rules', token: admin },
      body: { ...ruleOf(person, host), maxTtl: '2 d' },
    }),
  },
  {
    name: 'remove a rule',
    status: 200,
    request: (person, { admin, host }) => ({
      ...{ method: 'DELETE', target: `/rules?${query(ruleOf(person, host))}`, token: admin },
    }),
  },
  { name: 'rulers', status: 200, reads: true, request: (_, { admin }) => get('/rulers', admin) },
];

/** The service itself gives these people what they hold. */
export async function invite(
  service: Service,
  host: string,
  { count, domain = 'bench.example' }: { count: number; domain?: string },
): Promise<People> {
  const admin = await service.tokenFor('admin@example.com');
  const set = (body: object) => service.prepare({ method: 'PUT', target: '/rules', token: admin, body }, 200)();
  await set({ email: `*@${domain}`, host, db: '*', role: 'read', which: 'allow' });
  const emails = Array.from({ length: count }, (_, n) => `person${n}@${domain}`);
  const all = await sideBySide(8, emails, async (email): Promise<Person> => {
    const token = await service.tokenFor(email);
    const { link } = await service.linkFor(email);
    const { poll } = await service.linkFor(email, 'terminal');
    const person = { email, token, link, poll };
    await set(ruleOf(person, host));
    await service.prepare({ method: 'POST', target: '/grants', token, body: wish(host, 'held') }, 201)();
    return person;
  });
  return { host, admin, all };
}

/** Makes the requests of people who have not sent this one yet, so many at each call. */
export function unused({ service, people, act }: { service: Service; people: People; act: Act }, requests: number) {
  let used = 0;
  return () => {
    const some = people.all.slice(used, used + requests);
    used += requests;
    return some.map((person) => service.prepare(act.request(person, people), act.status));
  };
}
