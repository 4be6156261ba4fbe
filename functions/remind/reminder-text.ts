import { type Html, html } from '../../shared/http/html';
import { type Lab, signature } from '../../shared/http/lab';
import { mailButton, mailDocument } from '../../shared/http/mail-html';
import { readableTime } from '../../shared/http/readable-time';
import { shellWord } from '../../shared/http/shell-word';

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

const intro =
  'If you still need them, keep them: the passwords stay the same. If not, do nothing: they end by themselves.';
const keep = 'Open this page and press the button to keep all logins of this mail:';
const terminal = 'Or keep them one by one, in a terminal:';

/** The mail that says which of a person's logins end soon, and how to keep them. `keepAt`: the page that keeps them. */
export function reminderMail(
  logins: readonly EndingLogin[],
  { keepAt, lab }: { keepAt: string; lab: Lab },
): { subject: string; text: string; html: string } {
  const shown = logins.slice(0, most);
  const rest = logins.length > most ? [`... and ${logins.length - most} more, which the page shows.`] : [];
  const lines = shown.map((login) => ({ what: whatOf(login), how: commandFor(login) }));
  const subject = subjectOf(logins);
  const last = [...rest, ends(logins), signature(lab)].filter(Boolean);
  const text = [...[intro, keep, keepAt, terminal], ...lines.map(({ what, how }) => `${what}\n  ${how}`), ...last].join(
    '\n\n',
  );
  return { subject, text: `${text}\n`, html: htmlOf({ subject, keepAt, lines, rest: last }).html };
}

/** Each reminder has its own subject: mail programs would fold equal ones into one mail. No two reminders have the same end. */
function subjectOf(logins: readonly EndingLogin[]): string {
  const first = readableTime(new Date(Math.min(...logins.map(({ expires }) => expires.getTime()))));
  if (logins.length === 1) return `Your MongoDB login ends at ${first}`;
  return `${logins.length} of your MongoDB logins end soon, the first at ${first}`;
}

function ends(logins: readonly EndingLogin[]): string {
  const last = readableTime(new Date(Math.max(...logins.map(({ expires }) => expires.getTime()))));
  return `The page works until ${last}. It shows no password. Opening it changes nothing; pressing the button does.`;
}

const whatOf = ({ host, db, role, label, username, expires }: EndingLogin): string =>
  `${role} on ${db} at ${host}${label && `, label ${label}`} (user ${username}) ends at ${readableTime(expires)}.`;

/** Names role and label: the person may hold others for this database that end later. */
function commandFor({ host, db, role, label }: EndingLogin): string {
  // Joined with `=`, so that a label that begins with a dash is no option; `--` does the same for a database.
  const labelled = label.startsWith('-') ? `--label=${shellWord(label)}` : `--label ${label ? shellWord(label) : "''"}`;
  const options = `--role ${shellWord(role)} ${labelled}`;
  const place = `${shellWord(host)} ${shellWord(db)}`;
  return `mgrant renew ${db.startsWith('-') ? `${options} -- ${place}` : `${place} ${options}`}`;
}

/** The parts of a mail, in order. */
interface Parts {
  subject: string;
  keepAt: string;
  lines: { what: string; how: string }[];
  rest: string[];
}

function htmlOf({ subject, keepAt, lines, rest }: Parts): Html {
  const items = lines.map(
    ({ what, how }) => html`<p>${what}<br><code style="overflow-wrap:anywhere;word-break:break-all">${how}</code></p>
`,
  );
  const content = html`<p>${intro}</p>
<p>${keep}</p>
${mailButton('Keep these logins', keepAt)}
<p>${terminal}</p>
${items}${rest.map(
  (line) => html`<p>${line}</p>
`,
)}`;
  return mailDocument({ title: subject, width: 44, content });
}
