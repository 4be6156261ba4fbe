import { type Html, html } from './html';

// `POST /links`, from the pages at `/`, `/links` and `/links/{link}`.
const target = '../links';

/** The form that asks for a link, for an address that is typed. */
export const askForm = (typed = ''): Html =>
  html`<form method="post" action="${target}">
<label for="email">Your e-mail address</label>
<input id="email" name="email" type="email" required maxlength="254" autocomplete="email" autocapitalize="none" spellcheck="false" value="${typed}">
<button class="main">Mail me a link</button>
</form>`;

/** The button that asks for a new link to the address that owns the old one. */
export const askAgainForm = (owner: string): Html =>
  html`<form method="post" action="${target}"><input type="hidden" name="email" value="${owner}"><button class="main">Mail me a new link</button></form>
<p class="soft">It goes to <strong>${owner}</strong>, if that address may use mongogrant.</p>`;
