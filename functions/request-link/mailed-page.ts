import { html } from '../../shared/http/html';
import { type Page, page } from '../../shared/http/page';

/** What a browser sees after it asked for a link. `msg` is the same for every address. */
export function mailedPage(email: string, msg: string): Page {
  return page(
    'Look into your mailbox',
    html`<h1>Look into your mailbox</h1>
<p>You asked for a link for <strong>${email}</strong>.</p>
<p>${msg}</p>
<ul class="soft">
<li>The link works once, and only for a short time.</li>
<li>No mail after a few minutes? Look into the spam folder, and see whether the address is spelt right.</li>
<li>One link a minute goes to an address, and no more than a few a day.</li>
</ul>
<p><a href="../">Ask again</a></p>`,
  );
}
