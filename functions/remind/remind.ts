import { sideBySide } from '../../shared/async/side-by-side';
import { together } from '../../shared/async/together';
import { faultOf } from '../../shared/aws/fault-of';
import type { Log } from '../../shared/aws/log';
import { MailNotTaken, type SendMail } from '../../shared/aws/mailer';
import type { Settings } from '../../shared/aws/settings';
import { labOf } from '../../shared/http/lab';
import { grouped } from '../../shared/policy/grouped';
import { seconds } from '../../shared/policy/time';
import { type Source, writeEvent } from '../../shared/store/audit';
import { forgetReminder, noteReminder } from '../../shared/store/grants/noting';
import { readLiveGrants } from '../../shared/store/grants/reads';
import type { ActiveGrant } from '../../shared/store/grants/row';
import { ifInForce } from '../../shared/store/grants/states';
import { noteRun, readLastRun } from '../../shared/store/job-runs';
import type { Table } from '../../shared/store/table';
import { putTicket } from '../../shared/store/tickets';
import { readUndelivered } from '../../shared/store/undelivered';
import { newTicket } from '../../shared/tokens/tickets';
import { reminderMail } from './reminder-text';

export interface RemindDeps {
  table: Table;
  sendMail: SendMail;
  settings: Settings;
  log: Log;
  /** The API's own address. */
  origin: string;
  /** The time now, in milliseconds since 1970. */
  clock(): number;
}

export interface Reminded {
  people: number;
  grants: number;
  failed: number;
  /** People left to the next run: the time was up, or SES takes no more for now. */
  left: number;
}

/** Seconds from the end of this job to its next beginning. It is called each hour, and begins a day's run when the last one is this old. */
const aboutADay = 23.5 * 3600;

const peopleAtOnce = 4;

/**
 * Each day: mails everybody whose logins end within the setting `remindBefore`, and says how to renew them. Each end is mailed once; logins
 * that were short from the beginning are left out. It is called each hour, and an unfinished run goes on.
 */
export async function remind(deps: RemindDeps, source: Source, deadline: number): Promise<Reminded> {
  const { table, settings, clock, log } = deps;
  const began = new Date(clock());
  const moment = seconds(began);
  const reminded: Reminded = { people: 0, grants: 0, failed: 0, left: 0 };
  if (moment - ((await readLastRun(table, 'remind')) ?? 0) < aboutADay) return reminded;
  const { grants: due } = await readLiveGrants(table, moment + settings.remindBefore);
  const ending = due
    .flatMap((grant) => ifInForce(grant, moment) ?? [])
    .filter((grant) => isWorthIt(grant, settings.remindBefore));
  let paused = false;
  await sideBySide(peopleAtOnce, [...grouped(ending, ({ email }) => email)], async ([email, grants]) => {
    const outcome = paused || clock() >= deadline ? later : await attempt(deps, source, { email, grants });
    paused ||= outcome.state === 'later';
    if (outcome.state === 'later' || outcome.state === 'fault') {
      reminded.left += 1;
      return;
    }
    reminded.people += outcome.grants > 0 ? 1 : 0;
    reminded.grants += outcome.grants;
    reminded.failed += outcome.state === 'failed' ? 1 : 0;
  });
  if (reminded.left === 0) await noteRun(table, 'remind', began);
  else log.warn('reminders_left', { people: reminded.left });
  return reminded;
}

const isWorthIt = ({ issuedAt, expiresAt, remindedOf }: ActiveGrant, before: number): boolean =>
  remindedOf !== expiresAt && expiresAt - issuedAt > 2 * before;

/** `failed`: the mail could not be sent. `later`: SES takes no more for now. `fault`: of our own; the others still get their mails. */
type Outcome = { state: 'told' | 'failed'; grants: number } | { state: 'later' } | { state: 'fault' };
const later = { state: 'later' } as const;

/** A person and those of their logins that end soon. */
interface Person {
  email: string;
  grants: ActiveGrant[];
}

async function attempt(deps: RemindDeps, source: Source, person: Person): Promise<Outcome> {
  try {
    return await remindOne(deps, source, person);
  } catch (fault) {
    deps.log.error('remind_failed', faultOf(fault));
    return { state: 'fault' };
  }
}

/**
 * Writes the ticket, then the notes, then the mail: a mail sent twice each day is worse than a lost one, and a ticket that nobody has does
 * nothing.
 */
async function remindOne(deps: RemindDeps, source: Source, { email, grants: ending }: Person): Promise<Outcome> {
  const { table, log, clock } = deps;
  const record = (act: 'reminded' | 'remind_failed', more: { reason?: string; count?: number; link?: string }) =>
    writeEvent(table, { act, email, by: 'mongogrant', ...more }, source, new Date(clock()));
  const reason = await readUndelivered(table, email, new Date(clock()));
  if (reason) {
    await record('remind_failed', { reason });
    return { state: 'failed', grants: 0 };
  }
  const ticket = newTicket(email);
  await putTicket(table, ticket, ending);
  const notes = await together(ending.map((grant) => noteReminder(table, grant)));
  const grants = ending.filter((_, index) => notes[index]).sort((a, b) => a.expiresAt - b.expiresAt);
  const count = grants.length;
  if (count === 0) return { state: 'told', grants: 0 };
  try {
    await together([send(deps, ticket, grants), record('reminded', { count, link: ticket.id })]);
    return { state: 'told', grants: count };
  } catch (fault) {
    const passing = fault instanceof MailNotTaken && fault.passing;
    log[passing ? 'warn' : 'error'](passing ? 'remind_later' : 'remind_failed', faultOf(fault));
    await record('remind_failed', { count });
    if (!passing) return { state: 'failed', grants: count };
    await together(grants.map((grant) => forgetReminder(table, grant)));
    return later;
  }
}

function send(
  { sendMail, origin, settings }: RemindDeps,
  { email, ticket }: { email: string; ticket: string },
  grants: ActiveGrant[],
): Promise<void> {
  const logins = grants.map(({ expiresAt, ...grant }) => ({ ...grant, expires: new Date(expiresAt * 1000) }));
  const keepAt = `${origin}/renewals/${ticket}`;
  return sendMail({ to: email, ...reminderMail(logins, { keepAt, lab: labOf(settings) }) });
}
