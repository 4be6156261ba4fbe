import { type Html, html } from '../../shared/http/html';
import { type Lab, signature } from '../../shared/http/lab';
import { readableTime } from '../../shared/http/readable-time';

/** A login that ends soon, as the mail shows it. */
export interface EndingLogin {
  host: string;
  db: string;
  role: string;
  label: string;
  username: string;
  expires: Date;
}

const most = 20;

/** The mail that says which of a person's logins end soon, and how to keep them. It holds no secret. */
export function reminderMail(
  logins: readonly EndingLogin[],
  { origin, lab }: { origin: string; lab: Lab },
): { subject: string; text: string; html: string } {
  const shown = logins.slice(0, most);
  const rest =
    logins.length > most ? [`... and ${logins.length - most} more: GET ${origin}/grants lists them all.`] : [];
  const lines = shown.map((login) => ({ what: whatOf(login), how: commandFor(login, origin) }));
  const subject = subjectOf(logins);
  const intro =
    'If you still need them, renew them: the password stays the same. If not, do nothing: they end by themselves.';
  const token = `TOKEN is your fetch token. Ask for a new one with: http POST ${origin}/links email=<your address>`;
  const last = [...rest, token, signature(lab)].filter(Boolean);
  const text = [intro, ...lines.map(({ what, how }) => `${what}\n  ${how}`), ...last].join('\n\n');
  return { subject, text: `${text}\n`, html: htmlOf({ subject, intro, lines, rest: last }).html };
}

/** Each reminder has its own subject: mail programs would fold equal ones into one mail. No two reminders have the same end. */
function subjectOf(logins: readonly EndingLogin[]): string {
  const first = readableTime(new Date(Math.min(...logins.map(({ expires }) => expires.getTime()))));
  if (logins.length === 1) return `Your MongoDB login ends at ${first}`;
  return `${logins.length} of your MongoDB logins end soon, the first at ${first}`;
}

const whatOf = ({ host, db, role, label, username, expires }: EndingLogin): string =>
  `${role} on ${db} at ${host}${label && `, label ${label}`} (user ${username}) ends at ${readableTime(expires)}.`;

const commandFor = ({ host, db, role, label }: EndingLogin, origin: string): string =>
  `http POST ${origin}/grants/renew host=${host} db=${db} role=${role}${label && ` label=${label}`} "Authorization: Bearer $TOKEN"`;

/** The parts of a mail, in order. */
interface Parts {
  subject: string;
  intro: string;
  lines: { what: string; how: string }[];
  rest: string[];
}

function htmlOf({ subject, intro, lines, rest }: Parts): Html {
  const items = lines.map(
    ({ what, how }) => html`<p>${what}<br><code style="overflow-wrap:anywhere;word-break:break-all">${how}</code></p>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<main style="max-width:44rem;margin:0 auto">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${subject}</h1>
<p>${intro}</p>
${items}${rest.map(
  (line) => html`<p>${line}</p>
`,
)}</main>
</body>
</html>
`;
}
