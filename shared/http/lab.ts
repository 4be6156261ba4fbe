import { type Contact, parseContact } from '../aws/contact';
import { type Html, html } from './html';

/** Who runs this service, as people are told; empty where the settings say nothing. */
export interface Lab {
  name?: string | undefined;
  contact?: Contact | undefined;
}

export const labOf = ({ labName, contact }: { labName?: string | undefined; contact?: string | undefined }): Lab => ({
  name: labName,
  contact: contact === undefined ? undefined : parseContact(contact),
});

/** The last sentences of a mail; empty if nobody is named. */
export function signature({ name, contact }: Lab): string {
  const runs = name ? `${name} runs this mongogrant.` : '';
  return [runs, contact ? `Questions? Ask ${contact.shown}` : ''].filter(Boolean).join(' ');
}

/** The contact as a link, or these words in its place. */
export const contactLink = ({ contact }: Lab, otherwise: string): Html | string =>
  contact ? html`<a href="${contact.href}" target="_blank" rel="noopener noreferrer">${contact.shown}</a>` : otherwise;
