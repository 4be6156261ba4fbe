import type { ApiError } from '../contract/errors';
import { askAgainForm, askForm } from './ask-form';
import { type Html, html } from './html';
import { lines, type Page, page } from './page';
import { shellWord } from './shell-word';

/** Where a browser met a problem. */
export interface Met {
  requestId: string;
  /** The API's own address. */
  origin: string;
}

/** The page of a refusal: what happened, and what to do next. The code and the request's id, for an admin, are in small print. */
export function problemPage({ code, title, message, about }: ApiError, { requestId, origin }: Met): Page {
  const heading = about.heading ?? (code === 'invalid_request' ? 'That is not quite right' : title);
  return page(
    heading,
    html`<h1>${heading}</h1>
<p>${message}</p>
${nextStep(about, origin)}
<p class="fine">${code} · requestId ${requestId}</p>`,
  );
}

function nextStep({ terminalLogin, owner, mayAsk }: ApiError['about'], origin: string): Html {
  if (terminalLogin)
    return lines('command', 'In a terminal', `mgrant login ${shellWord(terminalLogin)} --endpoint ${origin}`);
  if (owner) return askAgainForm(owner);
  if (mayAsk) return askForm();
  return html`<p><a href="${origin}/">To the start page</a></p>`;
}
