import { isEmail } from '../contract/names';

/** Who sends the mails. */
export interface Sender {
  /** As people read it; empty where there is none. */
  name: string;
  address: string;
}

/** A sender as somebody writes it: `you@lab.org`, `The lab, group A <you@lab.org>`, or with the name in quotes. Otherwise what is wrong with it. */
export function parseSender(written: string): Sender | { wrong: string } {
  const [, before, inside] = /^(.*?)\s*<([^<>]*)>$/u.exec(written.trim()) ?? [];
  const address = (inside ?? written).trim();
  const name = before === undefined ? '' : nameIn(before.trim());
  if (name === undefined || name.length > 128)
    return { wrong: 'must be a sender such as "mongogrant <no-reply@lab.org>", with a name of at most 128 characters' };
  if (!isEmail(address.toLowerCase()))
    return { wrong: `must hold an address such as no-reply@lab.org: ${JSON.stringify(address)} is none` };
  return { name, address };
}

/** The sender that a checked setting names. */
export function senderOf(written: string): Sender {
  const sender = parseSender(written);
  if ('wrong' in sender) throw new Error(`mailFrom ${sender.wrong}`);
  return sender;
}

/** The name without its quotes; none where it can't be one. */
function nameIn(text: string): string | undefined {
  if (/[\p{Cc}<>]/u.test(text)) return undefined;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/u.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(.)/gu, '$1').trim();
  return text.includes('"') ? undefined : text;
}

/** The sender as it goes over the wire: plain ASCII, whatever the name is. */
export const headerOf = ({ name, address }: Sender): string => (name ? `${phraseOf(name)} <${address}>` : address);

/** Bare where RFC 5322 lets it, in quotes where it has signs of its own meaning, and encoded (RFC 2047) beyond ASCII. */
function phraseOf(name: string): string {
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/.test(name)) return name;
  if (/^[ -~]+$/.test(name)) return `"${name.replace(/["\\]/g, '\\$&')}"`;
  return wordsOf(name)
    .map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join(' ');
}

/** An encoded word has at most 75 characters: 45 bytes of a name, and never a part of a letter. */
function wordsOf(name: string): string[] {
  const words = [''];
  for (const letter of name) {
    const last = words.at(-1) ?? '';
    if (Buffer.byteLength(last + letter) > 45) words.push(letter);
    else words[words.length - 1] = last + letter;
  }
  return words;
}
