import { type Html, html } from '../../shared/http/html';
import { type Lab, signature } from '../../shared/http/lab';
import { mailButton, mailDocument } from '../../shared/http/mail-html';
import { readableTime, timeOfDay } from '../../shared/http/readable-time';
import { shortHash } from '../../shared/tokens/tokens';

/** A request for a link, as the mail shows it. */
export interface MailedLink {
  email: string;
  /** The id of the link, which opens nothing. */
  id: string;
  url: string;
  expires: Date;
  /** Source address of the request. */
  requestedFrom: string;
  /** What the asking program called itself; it can be any text, see {@link clientName}. */
  userAgent?: string;
  /** Whether a terminal asked. It shows a code for the page. */
  terminal?: boolean;
  /** The address of this mongogrant, such as `https://grants.lab.org`. */
  origin: string;
  lab: Lab;
}

/** The mail that carries a one-time link: subject, complete plain text, and the same in HTML without images or tracking. */
export function linkMail(link: MailedLink, now: Date): { subject: string; text: string; html: string } {
  const words = wordsOf(link, now);
  // Mail programs fold mails with the same subject into one, and then show an older link.
  const subject = `Your mongogrant link ${shortHash(link.id)}, asked for at ${timeOfDay(now)}`;
  return { subject, text: textOf(link.url, words), html: htmlOf(link.url, words).html };
}

type Words = ReturnType<typeof wordsOf>;

function wordsOf({ email, expires, requestedFrom, userAgent, terminal, origin, lab }: MailedLink, now: Date) {
  const client = clientName(userAgent ?? '');
  const until = `for ${lengthOf(expires.getTime() - now.getTime())}, until ${readableTime(expires)}`;
  return {
    ...(terminal ? terminalWords(email, until) : plainWords(email, until)),
    purpose: `With the token you, or your programs, can ask ${origin} for MongoDB logins.`,
    from: `Asked from: ${requestedFrom}${client && `, by a program that calls itself "${client}"`}`,
    notYou: `Was it not you? Then do nothing${terminal ? ', and type no code that anybody tells you' : ''}: nobody gets in without this mailbox. If such mails go on, please tell ${lab.contact?.shown ?? `the admin of ${origin}`}.`,
    signed: signature(lab),
  };
}

const plainWords = (email: string, until: string) => ({
  asked: `Someone, we hope you, asked for a mongogrant token for ${email}.`,
  open: 'Open this page and press the button to get it:',
  ends: `The link works once, ${until}. Opening the page does not use it up; pressing the button does.`,
});

const terminalWords = (email: string, until: string) => ({
  asked: `Someone, we hope you, is logging in to mongogrant from a terminal as ${email}.`,
  open: 'Open this page. It asks for the code that the terminal shows:',
  ends: `The link works once, ${until}. Opening the page does not use it up; the right code does, and so do five wrong ones.`,
});

function textOf(url: string, { asked, open, ends, purpose, from, notYou, signed }: Words): string {
  return `${[asked, open, url, ends, purpose, from, notYou, signed].filter(Boolean).join('\n\n')}\n`;
}

function htmlOf(url: string, { asked, open, ends, purpose, from, notYou, signed }: Words): Html {
  const content = html`<p>${asked}</p>
<p>${open}</p>
${mailButton('Open the page', url)}
<p>${ends}</p>
<p>${purpose}</p>
<p>${from}</p>
<p>${notYou}</p>${signed && html`\n<p>${signed}</p>`}
`;
  return mailDocument({ title: 'Your mongogrant link', width: 36, content });
}

/**
 * A program's name for itself, made safe for a mail to a stranger: short, printable, and with nothing that a mail program turns into a link.
 * Dots stay only between digits, as in a version.
 */
export function clientName(userAgent: string): string {
  const plain = userAgent.slice(0, 1000).replace(/[^ -~]|[<>"'`@:\\]|(?<!\d)\.|\.(?!\d)|\/(?=\/)/g, ' ');
  return plain.replace(/ +/g, ' ').trim().slice(0, 80).trim();
}

const lengthUnits = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** `15 minutes`: whole minutes, in the largest unit that divides them. */
function lengthOf(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 60_000)) * 60;
  const [unit, size] = lengthUnits.find(([, each]) => seconds % each === 0) ?? ['minute', 60];
  return `${seconds / size} ${unit}${seconds === size ? '' : 's'}`;
}
