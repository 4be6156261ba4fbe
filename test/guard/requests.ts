import type { RouteKey } from '../../shared/contract/routes';
import { readGrantsOf } from '../../shared/store/grants/reads';
import { ifInForce } from '../../shared/store/grants/states';
import { putTicket } from '../../shared/store/tickets';
import { newTicket } from '../../shared/tokens/tickets';
import { type Ask, linkIn, mailedLink, type Stage } from '../support/stage';

/** What a request can be made of. */
export interface Scene {
  stage: Stage;
  /** The admin's token. */
  admin: string;
  /** Somebody new each time, whom a rule for all of `lab.org` allows to read and write every database. */
  email: string;
  token: string;
}

/** A request that succeeds. */
type Request = readonly [target: string, ask?: Ask];

/** Every route, and requests that ask for something else than the usual one of their route. */
export type Case = RouteKey | 'POST /grants, known label' | 'POST /links/poll, too early';

/**
 * One request for each case; what it needs before is not counted. The lists that show what everybody did come first, so that they do not
 * grow with other cases.
 */
export const requests: Record<Case, (scene: Scene) => Request | Promise<Request>> = {
  'GET /audit': async (scene) => {
    // The first one finds out when events began.
    await prepare(scene, 'GET', '/audit', { token: scene.admin });
    return ['/audit', { token: scene.admin }];
  },
  'GET /rules': ({ admin }) => ['/rules', { token: admin }],
  'GET /rulers': ({ admin }) => ['/rulers', { token: admin }],

  'GET /': () => ['/'],
  'POST /links': ({ email }) => ['/links', { body: { email } }],
  'GET /links/{link}': async ({ stage, email }) => [await mailedLink(stage, email)],
  'POST /links/{link}': async ({ stage, email }) => [await mailedLink(stage, email)],
  'POST /links/poll': async (scene) => {
    const { link, poll, code } = await terminalLogin(scene);
    await prepare(scene, 'POST', link, { body: { code } });
    return ['/links/poll', { body: { poll } }];
  },
  'POST /links/poll, too early': async (scene) => {
    const { poll } = await terminalLogin(scene);
    return ['/links/poll', { body: { poll } }];
  },

  'POST /grants': (scene) => ['/grants', { token: scene.token, body: wishOf(scene) }],
  'POST /grants, known label': async (scene) => {
    await grant(scene);
    return ['/grants', { token: scene.token, body: wishOf(scene) }];
  },
  'POST /grants/renew': async (scene) => {
    await grant(scene);
    return ['/grants/renew', { token: scene.token, body: wishOf(scene) }];
  },
  'GET /renewals/{ticket}': async (scene) => [await reminderOf(scene)],
  'POST /renewals/{ticket}': async (scene) => [await reminderOf(scene)],
  'GET /grants': async (scene) => {
    await grant(scene);
    return ['/grants', { token: scene.token }];
  },
  'GET /me': ({ token }) => ['/me', { token }],
  'DELETE /grants': async (scene) => {
    await grant(scene);
    return ['/grants', { token: scene.token }];
  },
  'DELETE /tokens': ({ token }) => ['/tokens', { token }],

  'PUT /rules': (scene) => ['/rules', { token: scene.admin, body: ruleOf(scene) }],
  'DELETE /rules': async (scene) => {
    await prepare(scene, 'PUT', '/rules', { token: scene.admin, body: ruleOf(scene) });
    return [`/rules?${new URLSearchParams(ruleOf(scene))}`, { token: scene.admin }];
  },
  'GET /rules/why': (scene) => [`/rules/why?${new URLSearchParams(wishOf(scene))}`, { token: scene.token }],
  'PUT /rulers': (scene) => ['/rulers', { token: scene.admin, body: rulerOf(scene) }],
  'DELETE /rulers': async (scene) => {
    await prepare(scene, 'PUT', '/rulers', { token: scene.admin, body: rulerOf(scene) });
    return [`/rulers?email=${scene.email}`, { token: scene.admin }];
  },

  'GET /gettoken/{email}': ({ email }) => [`/gettoken/${email}`],
  'GET /verifytoken/{link}': async ({ stage, email }) => {
    const link = await mailedLink(stage, email);
    return [link.replace('/links/', '/verifytoken/')];
  },
  'POST /grant/{token}': (scene) => [`/grant/${scene.token}`, form(wishOf(scene))],
  'POST /setrule/{token}': (scene) => [`/setrule/${scene.admin}`, form(ruleOf(scene))],
};

const wishOf = ({ stage }: Scene) => ({ host: stage.host, db: 'fw', role: 'readWrite' });
const ruleOf = (scene: Scene) => ({ ...wishOf(scene), email: scene.email, which: 'allow' });
const rulerOf = ({ email }: Scene) => ({ email, hosts: 'all', dbs: ['fw'], emails: ['@lab.org'], which: 'all' });
const form = (fields: Record<string, string>): Ask => ({ form: new URLSearchParams(fields).toString() });

async function prepare({ stage }: Scene, ...[method, target, ask]: Parameters<Stage['ask']>) {
  const { status, json, text } = await stage.ask(method, target, ask);
  if (status >= 400) throw new Error(`${method} ${target}: ${text}`);
  return json;
}

const grant = (scene: Scene) => prepare(scene, 'POST', '/grants', { token: scene.token, body: wishOf(scene) });

async function terminalLogin(scene: Scene) {
  const body = { email: scene.email, terminal: true };
  const { poll, code } = await prepare(scene, 'POST', '/links', { body });
  const mail = scene.stage.mails.at(-1);
  if (!mail) throw new Error('no mail');
  return { link: linkIn(mail), poll, code };
}

/** The path in a reminder of one login. */
async function reminderOf(scene: Scene): Promise<string> {
  const { stage, email } = scene;
  await grant(scene);
  const { grants } = await readGrantsOf(stage.table, email);
  const ticket = newTicket(email);
  const named = grants.flatMap((one) => ifInForce(one, 0) ?? []);
  await putTicket(stage.table, ticket, named);
  return `/renewals/${ticket.ticket}`;
}
