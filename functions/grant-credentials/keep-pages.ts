import { breakable, type Html, html } from '../../shared/http/html';
import { page, timeOf } from '../../shared/http/page';
import { iso } from '../../shared/policy/time';
import type { Renewal } from './keep-login';
import type { RememberedLogin } from './remembered-login';

/** The page behind the address in a reminder: what ends when, and one button. Showing it changes nothing. */
export function keepPage({
  email,
  ticket,
  logins,
}: {
  email: string;
  ticket: string;
  logins: readonly RememberedLogin[];
}) {
  const open = logins.some(({ named, grant }) => grant && grant.expiresAt <= named.expiresAt);
  return page(
    'Keep these logins',
    html`<h1>Keep these logins</h1>
<p>These MongoDB logins of <strong>${email}</strong> were named in a reminder. Their passwords stay the same.</p>
<ul>${logins.map(({ named, grant }) => item(named, standingOf(named, grant)))}</ul>
${open ? button(ticket, 'Keep these logins') : html`<p>There is nothing left to keep here.</p>`}
<p class="soft">${open ? 'You need none of them any more? Close this page, and they end by themselves.' : 'For a new login, ask with mgrant or the API.'}</p>`,
  );
}

function standingOf(named: RememberedLogin['named'], grant: RememberedLogin['grant']): Html {
  if (!grant) return html`has ended`;
  const end = timeOf(iso(grant.expiresAt));
  return grant.expiresAt > named.expiresAt ? html`is kept until ${end}` : html`ends at ${end}`;
}

/** The page after the button: until when each login is kept, or why it is not. */
export function keptPage({ email, ticket, renewals }: { email: string; ticket: string; renewals: readonly Renewal[] }) {
  const lost = renewals.filter(({ kept }) => !kept);
  const [title, next] =
    lost.length === 0
      ? ['Your logins are kept', html`<p>Nothing else is to be done. You can close this page.</p>`]
      : [
          lost.length < renewals.length ? 'Not all logins are kept' : 'No login is kept',
          lost.some(({ code }) => code !== 'grant_unknown') ? button(ticket, 'Try again') : html``,
        ];
  return page(
    title,
    html`<h1>${title}</h1>
<p>The MongoDB logins of <strong>${email}</strong>. Their passwords stay the same.</p>
<ul>${renewals.map((renewal) => item(renewal, outcomeOf(renewal)))}</ul>
${next}`,
  );
}

const outcomeOf = ({ expires, detail = '' }: Renewal): Html =>
  expires === undefined ? html`is not kept. ${breakable(detail)}` : html`is kept until ${timeOf(expires)}`;

const item = ({ role, db, host, label }: Pick<Renewal, 'role' | 'db' | 'host' | 'label'>, outcome: Html): Html =>
  html`<li><strong>${breakable(db)}</strong> at <strong>${breakable(host)}</strong> (${role}${label && html`, label ${label}`}) ${outcome}</li>
`;

const button = (ticket: string, text: string): Html =>
  html`<form method="post" action="../renewals/${ticket}"><button class="main">${text}</button></form>`;
