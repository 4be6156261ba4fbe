import { isEmail } from '../contract/names';

export interface Sender {
  /** The name that people read; empty if there is none. */
  name: string;
  address: string;
}

/** A sender such as `you@lab.org` or `The lab, group A <you@lab.org>`; the name may be in quotes. Otherwise says what is wrong. */
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

export function senderOf(written: string): Sender {
  const sender = parseSender(written);
  if ('wrong' in sender) throw new Error(`mailFrom ${sender.wrong}`);
  return sender;
}

/** The name without its quotes; none if it can't be a name. */
function nameIn(text: string): string | undefined {
  if (/[\p{Cc}<>]/u.test(text)) return undefined;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/u.exec(text)?.[1];
  if (quoted !== undefined) return quoted.replace(/\\(.)/gu, '$1').trim();
  return text.includes('"') ? undefined : text;
}

/** The sender in a mail header: plain ASCII, whatever the name is. */
export const headerOf = ({ name, address }: Sender): string => (name ? `${phraseOf(name)} <${address}>` : address);

/** Bare if RFC 5322 allows it, in quotes if it holds special signs, and encoded (RFC 2047) beyond ASCII. */
function phraseOf(name: string): string {
  if (/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/.test(name)) return name;
  if (/^[ -~]+$/.test(name)) return `"${name.replace(/["\\]/g, '\\$&')}"`;
  return wordsOf(name)
    .map((word) => `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`)
    .join(' ');
}

/** An encoded word has at most 75 characters: 45 bytes of a name, and only whole letters. */
function wordsOf(name: string): string[] {
  const words = [''];
  for (const letter of name) {
    const last = words.at(-1) ?? '';
    if (Buffer.byteLength(last + letter) > 45) words.push(letter);
    else words[words.length - 1] = last + letter;
  }
  return words;
}
