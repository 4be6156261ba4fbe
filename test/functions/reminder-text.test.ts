import { type EndingLogin, reminderMail } from '../../functions/remind/reminder-text';

const login = (change: Partial<EndingLogin>): EndingLogin => ({
  host: 'h.lab.org',
  db: 'fw',
  role: 'read',
  label: '',
  username: 'ada_lab.org_read',
  expires: new Date('2026-12-01T08:00:00Z'),
  ...change,
});
const commands = (...logins: Partial<EndingLogin>[]) =>
  reminderMail(logins.map(login), { keepAt: 'https://api/renewals/x', lab: {} }).text.match(
    /(?<= {2})mgrant renew .*/g,
  );

test.each([
  ['role and label are named, as there may be others', [{}], ["mgrant renew h.lab.org fw --role read --label ''"]],
  ['a label is named', [{ label: 'laptop' }], ['mgrant renew h.lab.org fw --role read --label laptop']],
  ['a port needs no quotes', [{ host: 'h:27020' }], ["mgrant renew h:27020 fw --role read --label ''"]],
  [
    'what begins with a dash is no option',
    [{ db: '-fw', label: '-x' }],
    ['mgrant renew --role read --label=-x -- h.lab.org -fw'],
  ],
  [
    'what a row of another release may hold means nothing to a shell',
    [{ label: "a'$(b)" }],
    ["mgrant renew h.lab.org fw --role read --label 'a'\\''$(b)'"],
  ],
])('the command of a reminder: %s', (_, logins, expected) => {
  expect(commands(...logins)).toEqual(expected);
});

test('a mail names twenty logins, and says how many more its page keeps', () => {
  const logins = Array.from({ length: 23 }, (_, n) => login({ db: `fw_${n}` }));
  const { text, html } = reminderMail(logins, { keepAt: 'https://api/renewals/x', lab: {} });
  expect(text.match(/mgrant renew/g)).toHaveLength(20);
  for (const form of [text, html]) expect(form).toContain('... and 3 more, which the page shows.');
});
