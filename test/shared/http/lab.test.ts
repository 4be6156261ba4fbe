import { reminderMail } from '../../../functions/remind/reminder-text';
import { contactLink, labOf, signature } from '../../../shared/http/lab';

const lab = labOf({ labName: 'Materials Lab', contact: 'help@lab.org' });
const login = { host: 'h.lab.org', db: 'fw', role: 'read', label: '', username: 'you_lab.org_read' };

test('a mail is signed with what the settings say, and with nothing else', () => {
  expect(signature(lab)).toBe('Materials Lab runs this mongogrant. Questions? Ask help@lab.org');
  expect(signature(labOf({ labName: 'Materials Lab' }))).toBe('Materials Lab runs this mongogrant.');
  expect(signature(labOf({ contact: 'https://lab.org/help' }))).toBe('Questions? Ask https://lab.org/help');
  expect(signature(labOf({}))).toBe('');
});

test.each([
  ['help@lab.org', 'mailto:help@lab.org'],
  ['mailto:a?b&c#d@lab.org', 'mailto:a%3Fb%26c%23d@lab.org'],
  ['https://lab.org/help?a=b&c="d"', 'https://lab.org/help?a=b&amp;c=%22d%22'],
])('the link to %s goes there, whatever signs it holds', (contact, href) => {
  expect(contactLink(labOf({ contact }), '')).toMatchObject({
    html: expect.stringContaining(`<a href="${href}" target="_blank" rel="noopener noreferrer">`),
  });
});

test('the mail about logins that end soon is signed, too', () => {
  const logins = [{ ...login, expires: new Date('2026-11-27T08:00:00.000Z') }];
  const { text, html } = reminderMail(logins, { keepAt: 'https://grants.lab.org/renewals/x', lab });
  expect(text.trimEnd().split('\n').at(-1)).toBe(signature(lab));
  expect(html).toContain(`<p>${signature(lab)}</p>`);
  expect(reminderMail(logins, { keepAt: 'https://grants.lab.org/renewals/x', lab: {} }).html).not.toContain('<p></p>');
});
