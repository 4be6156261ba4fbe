import * as v from 'valibot';
import { type Applied, applyRules } from '../../../client/rules-file/apply-rules';
import { planRules } from '../../../client/rules-file/plan-rules';
import { lineOf } from '../../../client/rules-file/render-plan';
import type { Api } from '../../../client/sdk/api/ask-api';
import type { Reply } from '../../../client/sdk/api/reply';
import { openStage, type Stage } from '../../support/stage';
import { apiOf, fileOf } from '../../support/stage-api';

let stage: Stage;
let admin: Api;
beforeEach(async () => {
  stage = await openStage({ linkCooldown: '0 s' });
  admin = apiOf(stage, await stage.tokenFor('admin@example.com'));
});
afterEach(() => stage.close());

const sleeps: number[] = [];
const sleep = async (seconds: number) => void sleeps.push(seconds);
beforeEach(() => void sleeps.splice(0));
const plan = (text: string, api = admin) => planRules(fileOf(text, stage.clock.now), { api, sleep }, stage.clock.now);
const apply = async (text: string, api = admin, by = api): Promise<Applied> =>
  applyRules(await plan(text, by), { api, sleep });

const listOfRules = v.object({ rules: v.array(v.object({ db: v.string(), note: v.string(), version: v.number() })) });
const entry = (email: string, db: string, rest = '') =>
  `\n  - {email: ${email}, host: h, db: ${db}, role: read, which: allow${rest}}`;
const ruler = (email: string, db: string) =>
  `\n  - {email: ${email}, hosts: all, dbs: [${db}], emails: ["@lab.org"], which: all}`;
const first = `rules:${entry('a@lab.org', 'one')}${entry('a@lab.org', 'two')}${entry('a@lab.org', 'six')}
  - {email: "*", host: h, db: no, role: read, which: deny}
rulers:${ruler('r@lab.org', 'fw_')}${ruler('s@lab.org', 'fw_')}\n`;
const second = `rules:${entry('a@lab.org', 'two', ', maxTtl: 1 d')}${entry('b@lab.org', 'three')}${entry('a@lab.org', 'six', ', note: x')}
  - {email: "*", host: h, db: never, role: read, which: deny}
rulers:${ruler('r@lab.org', 'f')}${ruler('t@lab.org', 'fw_')}\n`;

async function stored() {
  const [rules, rulers] = await Promise.all([
    admin({ method: 'GET', path: '/rules' }, {}),
    admin({ method: 'GET', path: '/rulers' }, {}),
  ]);
  return JSON.stringify([rules.json, rulers.json]).replace(/"version":\d+/g, '');
}

/** What the service holds once the file is applied without trouble. */
async function wantedBy(text: string): Promise<string> {
  const before = stage;
  stage = await openStage();
  const api = admin;
  admin = apiOf(stage, await stage.tokenFor('admin@example.com'));
  expect((await apply(text)).complete).toBe(true);
  const held = await stored();
  await stage.close();
  [stage, admin] = [before, api];
  return held;
}

/** An API whose n-th write (from 1 on) meets with trouble. */
function troubled(at: number, trouble: (write: () => Promise<Reply>) => Promise<Reply>): Api {
  let writes = 0;
  return ({ method, path }, input) => {
    const send = () => admin({ method, path }, input);
    if (method === 'GET') return send();
    writes += 1;
    return writes === at ? trouble(send) : send();
  };
}

test('a plan that is applied leaves what the file says, and nothing for a second one', async () => {
  const progress: string[] = [];
  const made = await plan(first);
  const applied = await applyRules(made, {
    api: admin,
    sleep,
    onProgress: (done, total) => progress.push(`${done}/${total}`),
  });
  expect(applied).toEqual({ complete: true, done: expect.any(Array), left: [], failures: [] });
  expect(progress).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
  expect((await plan(first)).changes).toEqual([]);
  expect((await plan(second)).changes.map(lineOf)).toEqual([
    '+ deny * read h/never',
    '- ruler s@lab.org',
    '+ allow b@lab.org read h/three',
    '~ allow a@lab.org read h/six: note none -> "x"',
    '~ allow a@lab.org read h/two: maxTtl none -> 1 d',
    '- allow a@lab.org read h/one',
    '- deny * read h/no',
    '~ ruler r@lab.org: dbs fw_ -> f',
    '+ ruler t@lab.org (hosts all, dbs fw_, emails @lab.org, which all)',
  ]);
  expect((await apply(second)).complete).toBe(true);
  expect((await plan(second)).changes).toEqual([]);
});

test('an apply that ends at any write is finished by the next one', async () => {
  const writes = 9;
  const wanted: string[] = [];
  for (let at = 1; at <= writes; at += 1) {
    await apply(first);
    const gone: Api = async () => Promise.reject(new Error('the network is gone'));
    let broken = false;
    const dying: Api = ({ method, path }, input) =>
      broken ? gone({ method, path }, input) : alive({ method, path }, input);
    const alive = troubled(at, async (write) => {
      broken = true;
      // Every other time the request came through all the same.
      if (at % 2 === 0) await write();
      throw new Error('the network is gone');
    });
    const stopped = await apply(second, dying, admin);
    expect(stopped.complete).toBe(false);
    expect(stopped.failures.map(({ code }) => code)).toContain('no_answer');
    expect(stopped.done.length + stopped.left.length).toBe(writes);
    const again = await plan(second);
    expect(again.changes.length).toBeLessThanOrEqual(stopped.left.length);
    expect((await applyRules(again, { api: admin, sleep })).complete).toBe(true);
    wanted.push(await stored());
    expect((await plan(second)).changes).toEqual([]);
  }
  expect(new Set(wanted).size).toBe(1);
  expect(wanted[0]).toBe(await wantedBy(second));
}, 60_000);

test('an answer that gets lost at any write, carried out or not, does not stop anything', async () => {
  for (const carriedOut of [true, false]) {
    for (let at = 1; at <= 9; at += 1) {
      await apply(first);
      const lossy = troubled(at, async (write) => {
        if (carriedOut) await write();
        throw new Error('socket hang up');
      });
      expect(await apply(second, lossy, admin)).toMatchObject({ complete: true, failures: [] });
      expect((await plan(second)).changes).toEqual([]);
    }
  }
  expect(new Set(sleeps)).toEqual(new Set([1]));
}, 60_000);

test('who is told to wait waits, and tries again a few times', async () => {
  const busy = troubled(2, async () => ({
    status: 429,
    json: { code: 'too_many_requests', detail: 'Wait.' },
    retryAfter: 7,
  }));
  expect((await apply(first, busy, admin)).complete).toBe(true);
  expect(sleeps).toEqual([7]);
  const always: Api = ({ method, path }, input) =>
    method === 'PUT' ? Promise.resolve({ status: 503, json: {} }) : admin({ method, path }, input);
  const { complete, done, failures } = await apply(second, always, admin);
  expect([complete, done.length, failures.map(({ code }) => code)]).toEqual([false, 1, ['answer_unknown']]);
  expect(sleeps).toEqual([7, 1, 2, 4, 8, 16]);
});

test('who is refused stops, and hears why', async () => {
  const refusing = troubled(1, async () => ({
    status: 401,
    json: { code: 'token_expired', detail: 'Ask for a new link.' },
  }));
  const { complete, failures } = await apply(first, refusing, admin);
  expect(complete).toBe(false);
  expect(failures).toEqual([expect.objectContaining({ code: 'token_expired', detail: 'Ask for a new link.' })]);
});

test('of two people with other files at the same time nobody overwrites the other in silence', async () => {
  const dbs = ['one', 'two', 'six', 'ten'];
  const noted = (note: string) => `rules:${dbs.map((db) => entry('a@lab.org', db, `, note: ${note}`)).join('')}`;
  await apply(noted('first'));
  const versions = async () => {
    const { rules } = v.parse(listOfRules, (await admin({ method: 'GET', path: '/rules' }, {})).json);
    return new Map(rules.map(({ db, version }) => [db, version]));
  };
  const before = await versions();
  const plans = await Promise.all([plan(noted('mine')), plan(noted('yours'))]);
  const results = await Promise.all(plans.map((made) => applyRules(made, { api: admin, sleep })));
  // Whoever comes late finds all of it changed.
  const late = await Promise.all(plans.map((made) => applyRules(made, { api: admin, sleep })));
  for (const { done, failures } of late) {
    expect(done).toEqual([]);
    for (const { code } of failures) expect(code).toBe('rule_changed');
  }
  expect(results.map(({ complete }) => complete)).toContain(false);
  const done = results.flatMap((result) => result.done.map(({ after }) => after));
  const held = v.parse(listOfRules, (await admin({ method: 'GET', path: '/rules' }, {})).json).rules;
  // Each rule was written once more, by the one whose result says so.
  expect(held.map(({ db, note }) => `${db} ${note}`).sort()).toEqual(
    dbs
      .map((db) => done.filter((rule) => rule && 'db' in rule && rule.db === db))
      .flatMap((rules) => rules.map((rule) => rule && 'db' in rule && `${rule.db} ${rule.note}`))
      .sort(),
  );
  expect(held.map(({ db, version }) => version - (before.get(db) ?? 0))).toEqual(dbs.map(() => 1));
  expect((await apply(noted('mine'))).complete).toBe(true);
  expect((await plan(noted('mine'))).changes).toEqual([]);
});

test('a rule that somebody else changed after the plan stops it, and stays as they left it', async () => {
  await apply(first);
  const made = await plan(second);
  const theirs = { email: 'a@lab.org', host: 'h', db: 'six', role: 'read', which: 'allow', note: 'theirs' };
  const put = await admin({ method: 'PUT', path: '/rules' }, { body: theirs });
  const { complete, failures, left } = await applyRules(made, { api: admin, sleep });
  expect(complete).toBe(false);
  expect(failures).toEqual([
    expect.objectContaining({ code: 'rule_changed', detail: expect.stringMatching(/version/) }),
  ]);
  expect(left.map(lineOf)).toContain('- allow a@lab.org read h/one');
  expect((await admin({ method: 'GET', path: '/rules' }, { query: { email: 'a@lab.org' } })).json).toMatchObject({
    rules: expect.arrayContaining([
      { ...theirs, version: v.parse(v.object({ version: v.number() }), put.json).version },
    ]),
  });
});

test('a ruler plans and applies inside the scope, and touches nothing outside of it', async () => {
  const scopeOf = 'rulers: [{email: r@lab.org, hosts: all, dbs: [fw_], emails: ["@lab.org"], which: [allow]}]';
  await apply(`${scopeOf}\nrules:${entry('"*"', '"*"')}${entry('a@lab.org', 'fw_a')}${entry('a@lab.org', 'other')}`);
  const api = apiOf(stage, await stage.tokenFor('r@lab.org'));
  const made = await plan(`rules:${entry('b@lab.org', 'fw_b')}`, api);
  expect(made.changes.map(lineOf)).toEqual(['+ allow b@lab.org read h/fw_b', '- allow a@lab.org read h/fw_a']);
  expect(made.partial).toBe(true);
  expect((await applyRules(made, { api, sleep })).complete).toBe(true);
  const { changes } = await plan(
    `rules:${entry('"*"', '"*"')}${entry('b@lab.org', 'fw_b')}${entry('a@lab.org', 'other')}`,
  );
  expect(changes).toEqual([]);
  const before = await stored();
  await expect(plan(`rules:${entry('b@x.org', 'fw_b')}`, api)).rejects.toMatchObject({ code: 'outside_scope' });
  await expect(plan('rulers: []', api)).rejects.toMatchObject({
    code: 'not_allowed',
    message: expect.stringMatching(/only admins/),
  });
  const you = apiOf(stage, await stage.tokenFor('b@lab.org'));
  await expect(plan('rules: []', you)).rejects.toMatchObject({ code: 'not_allowed' });
  expect(await stored()).toBe(before);
});
