import type { ApiRequest } from '../../shared/http/request';
import type { TerminalFields } from '../../shared/store/links';
import { codeHash, newCode, newPoll } from '../../shared/tokens/terminal-secrets';
import { type LinkParts, newLink, type SigningKeys } from '../../shared/tokens/tokens';
import { clientName } from './mail-text';

export interface Wish {
  email: string;
  /** Whether a terminal asked, which fetches the token itself. */
  terminal: boolean;
}

/** A link with its secrets. Every address gets one made in the same way, even if it is never sent. */
export interface MadeLink {
  link: LinkParts & { link: string };
  expiresAt: number;
  /** What the terminal is told: the code to show, and the secret for polling. */
  login?: { poll: string; code: string };
  /** What is stored of the login. */
  fields?: TerminalFields;
}

export function makeLink(
  keys: SigningKeys,
  { email, terminal }: Wish,
  { expiresAt, asker }: { expiresAt: number; asker: ApiRequest },
): MadeLink {
  const link = newLink(keys, email, terminal);
  if (!terminal) return { link, expiresAt };
  const code = newCode();
  const { poll, hash } = newPoll(keys, link, expiresAt);
  const fields = {
    code: codeHash(link.link, code),
    poll: hash,
    askedFrom: asker.ip,
    askedBy: clientName(asker.userAgent),
  };
  return { link, expiresAt, login: { poll, code }, fields };
}
