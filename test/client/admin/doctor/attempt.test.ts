import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attempt } from '../../../../client/admin/doctor/attempt';

const fault = (name: string, message = '', more: object = {}) => Object.assign(new Error(message), { name, ...more });
const after = async (thrown: Error) => {
  const [finding] = await attempt({ check: 'mail', action: 'ses:GetAccount' }, () => Promise.reject(thrown));
  return finding;
};

test('what AWS does not allow is skipped, with the action that it names, or the one that was meant', async () => {
  expect(await after(fault('AccessDeniedException', 'User: x is not authorized to perform: kms:Decrypt on y'))).toEqual(
    {
      check: 'mail',
      state: 'skipped',
      found: 'AWS does not allow you kms:Decrypt.',
      next: expect.stringContaining('kms:Decrypt'),
    },
  );
  expect(await after(fault('AuthorizationErrorException'))).toMatchObject({
    state: 'skipped',
    found: 'AWS does not allow you ses:GetAccount.',
  });
});

test('a package that is missing is skipped, with the command that installs it', async () => {
  const gone = fault('Error', "Cannot find package '@aws-sdk/client-sesv2' imported from /x", {
    code: 'ERR_MODULE_NOT_FOUND',
  });
  expect(await after(gone)).toMatchObject({
    state: 'skipped',
    next: expect.stringMatching(/^npm install -g .*@aws-sdk\/client-sesv2/),
  });
});

test('who asks, and from where, is no failure of the deployment', async () => {
  expect(await after(fault('ExpiredTokenException'))).toMatchObject({ state: 'skipped' });
  expect(await after(fault('Error', '', { code: 'ENOTFOUND' }))).toMatchObject({ state: 'skipped' });
  expect(await after(fault('UnknownOperationException'))).toMatchObject({ state: 'skipped' });
});

test('any other fault is a failure, and its words, which may hold anything, are not told', async () => {
  const finding = await after(fault('InternalFailure', 'hunter22'));
  expect(finding).toMatchObject({ state: 'fail', found: 'ses:GetAccount failed (InternalFailure).' });
  expect(JSON.stringify(finding)).not.toContain('hunter22');
});

test('every section that doctor sends to is in the document', () => {
  const folder = 'client/admin/doctor';
  const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const named = code.flatMap((text) => [...text.matchAll(/(?:operations\('|operations\.md#)([a-z-]+)/g)]);
  const headings = readFileSync('docs/operations.md', 'utf8').matchAll(/^## (.+)$/gm);
  const sections = new Set([...headings].map(([, words = '']) => words.toLowerCase().replaceAll(' ', '-')));
  expect(named.length).toBeGreaterThan(5);
  expect(named.map(([, section]) => section).filter((section = '') => !sections.has(section))).toEqual([]);
});
