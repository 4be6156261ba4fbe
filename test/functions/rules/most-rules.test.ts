import { mostRulesOfRuler } from '../../../functions/rules/require-room';
import { putRule } from '../../../shared/store/rules';
import { quickApi } from '../../support/quick-api';

const email = 'lead@lab.org';
const rule = (db: string) => ({ email: '*@lab.org', host: 'h', db, role: 'read', which: 'allow' as const });
const byRuler = { version: 1, setBy: email, setAt: 1, asRuler: true as const };

/** A ruler who has set so many rules. */
async function rulerWith(count: number) {
  const api = quickApi();
  const admin = await api.tokenFor('admin@example.com');
  const scope = { email, hosts: ['h'], dbs: ['fw_'], emails: ['@lab.org'], which: 'all' };
  await api.ask('PUT', '/rulers', { token: admin, body: scope });
  for (let n = 0; n < count; n++) await putRule(api.table, { ...rule(`fw_${n}`), ...byRuler }, undefined);
  const token = await api.tokenFor(email);
  const put = (db: string, more: object = {}, by = token, query = '') =>
    api.ask('PUT', `/rules${query}`, { token: by, body: { ...rule(db), ...more } });
  const remove = (db: string) => api.ask('DELETE', `/rules?${new URLSearchParams(rule(db))}`, { token });
  const stored = (db: string) => api.table.get({ pk: 'rules#*@lab.org', sk: `h#${db}#read#allow` });
  return { ...api, admin, token, put, remove, stored };
}

test('a ruler sets a thousand rules and no more, until one is removed', async () => {
  const { put, remove, stored, ask, token } = await rulerWith(mostRulesOfRuler - 1);
  expect((await put('fw_last')).status).toBe(200);
  for (const query of ['', '?dryRun=true']) {
    const { status, json } = await put('fw_more', {}, token, query);
    expect([status, json.code, json.detail]).toEqual([429, 'too_many_rules', expect.stringMatching(/Remove one/)]);
  }
  const form = { email: '*@lab.org', host: 'h', db: 'fw_more', role: 'read', which: 'allow' };
  const python = await ask('POST', `/setrule/${token}`, { form: new URLSearchParams(form).toString() });
  expect(python.json).toEqual({ success: false, error: expect.stringMatching(/Remove one/) });
  expect(await stored('fw_more')).toBeUndefined();
  expect((await put('fw_1', { note: 'in the place of one of their own' })).status).toBe(200);
  expect((await remove('fw_2')).status).toBe(200);
  expect((await put('fw_more')).status).toBe(200);
  expect((await put('fw_2')).json.code).toBe('too_many_rules');
});

test('an admin sets any number, and what an admin takes over is no longer the ruler’s', async () => {
  const { admin, put } = await rulerWith(mostRulesOfRuler);
  expect((await put('fw_more', {}, admin)).status).toBe(200);
  expect((await put('fw_one')).json.code).toBe('too_many_rules');
  expect((await put('fw_more', { note: 'an admin’s' })).json.code).toBe('too_many_rules');
  expect((await put('fw_1', {}, admin)).status).toBe(200);
  expect((await put('fw_one')).status).toBe(200);
});

test('the rules of one ruler do not count for another, and those that release 0.1.0 wrote not until they are set again', async () => {
  const { put, table, stored } = await rulerWith(mostRulesOfRuler);
  const { duePk: _, dueAt: __, ...asOfOld } = (await stored('fw_1')) ?? {};
  await table.put({ ...asOfOld, pk: 'rules#*@lab.org', sk: 'h#fw_1#read#allow' });
  expect((await put('fw_one')).status).toBe(200);
  expect((await put('fw_two')).json.code).toBe('too_many_rules');
  const api = quickApi(table);
  const admin = await api.tokenFor('admin@example.com');
  const other = { email: 'other@lab.org', hosts: 'all', dbs: 'all', emails: ['@lab.org'], which: 'all' };
  await api.ask('PUT', '/rulers', { token: admin, body: other });
  expect((await put('fw_two', {}, await api.tokenFor('other@lab.org'))).status).toBe(200);
});
