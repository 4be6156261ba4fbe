import type { ApiRequest } from '../../shared/http/request';
import type { TerminalFields } from '../../shared/store/links';
import { codeHash, newCode, newPoll } from '../../shared/tokens/terminal-secrets';
import { type LinkParts, newLink, type SigningKeys } from '../../shared/tokens/tokens';
import { clientName } from './mail-text';

/** What is asked for. */
export interface Wish {
  email: string;
  /** By a terminal, which wants to fetch the token itself. */
  terminal: boolean;
}

/** A link with all that belongs to it, made in the same way for every address, also for one that will not be sent it. */
export interface MadeLink {
  link: LinkParts & { link: string };
  expiresAt: number;
  /** What the terminal is told: the code to show, and the secret with which to ask for the token. */
  login?: { poll: string; code: string };
  /** And what is stored of it. */
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
