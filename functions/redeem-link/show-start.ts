import { askForm } from '../../shared/http/ask-form';
import type { Call } from '../../shared/http/call';
import { html } from '../../shared/http/html';
import { type Lab, labOf } from '../../shared/http/lab';
import { lines, type Page, page } from '../../shared/http/page';
import type { ApiResponse } from '../../shared/http/render';
import type { RedeemDeps } from './link-state';

/** `GET /`: what this is, who runs it, and how to begin. It reads nothing. */
export async function showStart({ settings }: RedeemDeps, { request }: Call): Promise<ApiResponse> {
  const { wantsPage, origin } = request;
  if (wantsPage) return { status: 200, page: startPage(origin, labOf(settings)) };
  const { labName, contact } = settings;
  return { status: 200, json: { name: 'mongogrant', ...(labName && { labName }), ...(contact && { contact }) } };
}

export function startPage(origin: string, { name }: Lab): Page {
  return page(
    'MongoDB logins',
    html`<h1>MongoDB logins${name ? html` of ${name}` : ''}</h1>
<p>mongogrant hands out MongoDB logins that end by themselves. You need no account here: a link in your mailbox shows who you are.</p>
${askForm()}
<ul class="soft">
<li>The link shows you a token. With it you, or your programs, ask for logins.</li>
<li>Mail goes only to people whom the rules of this service allow something.</li>
</ul>
<div class="next"><h2>From a terminal</h2>
${lines('mgrant', 'With mgrant', `mgrant login you@lab.org --endpoint ${origin}`)}
${lines('curl', 'With curl', `curl ${origin}/links -d email=you@lab.org`)}
</div>`,
  );
}
