import { html } from '../../shared/http/html';
import { copyButton, lines, type Page, page, timeOf } from '../../shared/http/page';

/** The page behind a mailed link: one button, which posts to `/links/{link}`. Showing it spends nothing. */
export function redeemPage(link: { link: string; email: string; expires: string }): Page {
  return page(
    'Get your token',
    html`<h1>Get your token</h1>
<p>This link was mailed to <strong>${link.email}</strong>. The button shows you a token: with it you, or your programs, can ask for MongoDB logins in the name of that address.</p>
<form method="post" action="../links/${link.link}"><button class="main">Show my token</button></form>
<ul class="soft">
<li>The link works once. The button uses it up; opening this page does not.</li>
<li>It ends at ${timeOf(link.expires)}.</li>
<li>You did not ask for it? Close this page, and nothing happens.</li>
</ul>`,
  );
}

/** The page that shows a token once, with what its owner may do next. No line holds the token: others can see the command lines of a machine. */
export function tokenPage(issued: { token: string; email: string; expires: string; origin: string }): Page {
  const { origin } = issued;
  return page(
    'Your token',
    html`<h1>Your token</h1>
<p>For <strong>${issued.email}</strong>, until ${timeOf(issued.expires)}.</p>
<div class="bar"><label for="token">Fetch token</label>${copyButton('token', 'token')}</div>
<textarea id="token" rows="6" readonly spellcheck="false" autocomplete="off" translate="no">
${issued.token}</textarea>
<p class="warn"><strong>It is shown only this once.</strong> Treat it like a password: whoever holds it can ask for logins in your name.</p>
<div class="next"><h2>Where to put it</h2>
<p class="soft">Paste one of these into your terminal first. It asks for the token: copy that then, and paste it. It stays hidden.</p>
${lines('mgrant', 'mgrant', `mgrant settoken --endpoint ${origin}`)}
${lines('curl', 'A login with curl', `read -rs TOKEN && curl ${origin}/grants -H @- -d host=HOST -d db=DATABASE -d role=readWrite <<< "Authorization: Bearer $TOKEN"`)}
${lines('python', 'Python', `from getpass import getpass\nfrom mongogrant.client import Client\nClient().set_remote("${origin}", getpass("Token: "))`)}
</div>`,
  );
}
