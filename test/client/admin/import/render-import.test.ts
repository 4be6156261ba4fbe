import type { Imported } from '../../../../client/admin/import/apply-import';
import type { ImportPlan } from '../../../../client/admin/import/import-plan';
import type { Left } from '../../../../client/admin/import/parse-python';
import { importedJson, importJson, renderImport, renderImported } from '../../../../client/admin/import/render-import';
import { planOf } from '../../../../client/rules-file/plan-rules';

const now = new Date('2026-11-25T08:00:00Z');
const rule = { email: 'ada@lab.org', host: 'h', db: 'fw', role: 'read', which: 'allow' as const };
const rules = planOf({ rules: [rule], unlisted: 'keep' }, { rules: [], rulers: [], grants: [] }, now);
const host = { name: 'h', secret: { host: 'h', port: 1, username: 'root', password: 'hunter2', authSource: 'admin' } };
const grant = { email: 'ada@lab.org', host: 'h', db: 'fw', role: 'read', username: 'ada_lab.org_read' };
const adoption = { host, grant, named: false, expiresAt: now.getTime() / 1000 + 60, covered: true };
const left = (what: Left['what'], name: string, detail: string): Left => ({ what, name, reason: 'r', detail });
const plan: ImportPlan = { rules, adoptions: [adoption], ours: 3, left: [] };

test('a plan says what is written, what is adopted and until when', () => {
  expect(renderImport(plan)).toBe(
    [
      '+ allow ada@lab.org read h/fw',
      '',
      '1 to set, 0 to change, 0 to remove, 0 unchanged.',
      'Grants: 0 to end, 0 to end sooner.',
      '',
      "Logins: 1 to adopt, 3 are mongogrant's already, 0 are left alone.",
      'Each works on as it is, until 2026-11-25T08:01:00.000Z at the latest.',
      'A user that somebody made by hand, with the same name and role, looks the same. Look through them:',
      '  h: 1',
      '    fw/ada_lab.org_read',
    ].join('\n'),
  );
});

test('logins that end at once stand out, each by name', () => {
  const text = renderImport({ ...plan, adoptions: [adoption, { ...adoption, covered: false }] });
  expect(text).toContain('They END within a minute of their adoption:\n- ada@lab.org read h/fw');
});

test('what is left out is grouped by its reason, denies first', () => {
  const grants = Array.from({ length: 12 }, (_, index) => left('grant', `p${index}`, 'Gone.'));
  const text = renderImport({ ...plan, left: [...grants, left('allow', 'a', 'No.'), left('deny', 'd', 'Odd.')] });
  expect(text).toMatch(/\n\nNot imported:\ndeny d: Odd\.\nallow a: No\.\ngrant, 12 times: Gone\.\n {2}p0\n/);
  expect(text).toMatch(/ {2}p9\n {2}and 2 more \(--json lists all\)$/);
});

test('a program gets all of it, and nobody the admin login', () => {
  expect(importJson({ ...plan, left: [left('deny', 'd', 'Odd.')] })).toEqual({
    changes: ['+ allow ada@lab.org read h/fw'],
    warnings: [],
    adopt: [{ ...grant, expires: '2026-11-25T08:01:00.000Z', allowed: true }],
    ours: 3,
    left: [left('deny', 'd', 'Odd.')],
  });
  expect(JSON.stringify(importJson(plan)) + renderImport(plan)).not.toContain('hunter2');
});

test('a result says what is done and, where something is not, that the same again goes on', () => {
  const [change] = rules.changes;
  if (!change) throw new Error('No change');
  const done: Imported = {
    complete: true,
    rules: { complete: true, done: [change], left: [], failures: [] },
    adopted: 2,
    ours: 0,
    left: [],
    notReached: 0,
  };
  expect(renderImported(done)).toBe('1 rule or ruler written, 2 logins adopted.');
  const failures = [{ change, code: 'no_answer', detail: 'No answer.' }];
  const stopped: Imported = {
    ...done,
    complete: false,
    rules: { complete: false, done: [], left: [change], failures },
    adopted: 0,
    notReached: 2,
  };
  expect(renderImported(stopped)).toBe(
    [
      '0 rules and rulers written, 0 logins adopted.',
      '+ allow ada@lab.org read h/fw: No answer.',
      '',
      'Not done: 1 rule or ruler, 2 logins. Import again: it goes on where it stopped.',
    ].join('\n'),
  );
  expect(importedJson(stopped)).toMatchObject({
    complete: false,
    written: [],
    notReached: 2,
    failures: [{ code: 'no_answer' }],
  });
});
