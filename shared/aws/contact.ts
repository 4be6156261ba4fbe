import { isEmail } from '../contract/names';

/** Whom people ask. */
export interface Contact {
  /** What people read: an e-mail address or a web address. */
  shown: string;
  /** Where a link to it goes. */
  href: string;
  /** The e-mail address, if it is one. */
  address?: string;
}

const mostLetters = 200;

/** A contact such as `help@lab.org`, `mailto:help@lab.org` or `https://lab.org/help`; none if it is something else. */
export function parseContact(written: string): Contact | undefined {
  const address = written.replace(/^mailto:/i, '');
  if (isEmail(address.toLowerCase()))
    return { shown: address, href: `mailto:${encodeURIComponent(address).replace('%40', '@')}`, address };
  if (written.length > mostLetters || !URL.canParse(written)) return undefined;
  const { protocol, username, password, href } = new URL(written);
  const isWeb = ['https:', 'http:'].includes(protocol) && username === '' && password === '';
  return isWeb ? { shown: href, href } : undefined;
}
