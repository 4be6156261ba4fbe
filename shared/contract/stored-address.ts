import { domainToASCII } from 'node:url';

const plain = /^[ -~]*$/;
/** What an international domain is written with: letters beyond ASCII, letters, digits, dots and dashes. */
const international = /^(?!-|.*(\.-|-\.))([^\0-\x7f]|[A-Za-z0-9.-])+(?<!-)$/;

/**
 * An address, or a pattern for several, as it is stored: in lower case, an international domain as the DNS knows it
 * (`ada@münchen.example` is `ada@xn--mnchen-3ya.example`). What can't be one stays as it is, and is refused.
 */
export function storedAddress(text: string): string {
  const at = text.lastIndexOf('@') + 1;
  const domain = text.slice(at);
  const whole = text.slice(0, at) + (plain.test(domain) ? domain : forDns(domain));
  // Some letters beyond ASCII, such as the Kelvin sign, have a plain letter as their small one.
  return plain.test(whole) ? whole.toLowerCase() : whole;
}

/** A part with letters beyond ASCII must be none without them: wide letters, say, that stand for plain ones, are left as they are. */
function forDns(domain: string): string {
  const parts = domain.split('.');
  const known = international.test(domain) ? domainToASCII(domain).split('.') : [];
  const isSame = known.length === parts.length && parts.every((part, n) => plain.test(part) || isEncoded(known[n]));
  return isSame ? known.join('.') : domain;
}

const isEncoded = (part = ''): boolean => part.startsWith('xn--');

const beforeAt = (text: string): string => text.slice(0, text.lastIndexOf('@') + 1);

/** Whether the part before the `@` has only what mongogrant can send mail to. */
export const isPlainBeforeAt = (text: string): boolean => plain.test(beforeAt(text));

/** Whether it has a blank, as a form makes one of a `+`. */
export const hasBlankBeforeAt = (text: string): boolean => beforeAt(text).includes(' ');
