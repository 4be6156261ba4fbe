import { html } from '../../shared/http/html';
import { type Page, page, timeOf } from '../../shared/http/page';

/** A terminal login as its page shows it. */
export interface TerminalLogin {
  email: string;
  expires: string;
  /** The address that asked, and what its program called itself. */
  askedFrom?: string | undefined;
  askedBy?: string | undefined;
  /** What was wrong with the code that was typed before. */
  wrong?: string;
}

/** The page behind the mailed link of a terminal login. Showing it spends nothing. */
export function codePage({ email, expires, askedFrom, askedBy, wrong }: TerminalLogin): Page {
  const by = askedBy && html`, by a program that calls itself <strong>${askedBy}</strong>`;
  return page(
    'Log in to your terminal',
    html`<h1>Log in to your terminal</h1>
<p>A terminal wants to ask for MongoDB logins in the name of <strong>${email}</strong>.</p>
<p class="warn"><strong>Go on only if you started this login yourself,</strong> and the code is on a screen in front of you. Whoever tells you a code to type here wants to get in as you.</p>
${wrong ? html`<p class="warn" role="alert" id="wrong"><strong>Wrong code.</strong> ${wrong}</p>` : ''}
<form method="post">
<label for="code">Code that the terminal shows</label>
<input id="code" name="code" required maxlength="64" autocomplete="off" autocapitalize="characters" spellcheck="false" ${wrong ? html`aria-invalid="true" aria-describedby="wrong" autofocus` : ''}>
<button class="main">Log in</button>
</form>
<ul class="soft">
<li>Asked from <strong>${askedFrom ?? 'an unknown address'}</strong>${by || ''}.</li>
<li>It ends at ${timeOf(expires)}, or with the fifth wrong code.</li>
<li>You did not start it? Close this page, and nothing happens.</li>
</ul>`,
  );
}

/** The page after the right code. It does not hold the token, which is for the terminal. */
export function confirmedPage({ email }: { email: string }): Page {
  return page(
    'Go back to your terminal',
    html`<h1>Go back to your terminal</h1>
<p>The code is right. In a few seconds your terminal has a token for <strong>${email}</strong>, and goes on by itself. You can close this page.</p>
<p class="soft">Was that a mistake? Ask your admin at once to revoke your tokens.</p>`,
  );
}
