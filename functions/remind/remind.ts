import { faultOf } from '../../shared/fault-of';
import type { Log } from '../../shared/log';
import type { SendMail } from '../../shared/mailer';
import { reminderMail } from '../../shared/reminder-text';
import type { Settings } from '../../shared/settings';
import { type Source, writeEvent } from '../../shared/store/audit';
import { allLiveGrants, type Grant, inForce, noteReminder } from '../../shared/store/grants';
import type { Table } from '../../shared/store/table';
import { seconds } from '../../shared/time';

export interface RemindDeps {
  table: Table;
  sendMail: SendMail;
  settings: Settings;
  log: Log;
  /** The API's own address. */
  origin: string;
}

export interface Reminded {
  people: number;
  grants: number;
  /** Mails that could not be sent. */
  failed: number;
}

/**
 * Each day: one mail to everybody whose logins end within the setting `remindBefore`, with how to renew them. Each end of a grant is told
 * of once; a login that was short-lived from the beginning is not.
 */
export async function remind(deps: RemindDeps, source: Source, now: Date): Promise<Reminded> {
  const { table, settings } = deps;
  const moment = seconds(now);
  const due = await allLiveGrants(table, moment + settings.remindBefore);
  const ending = due.filter((grant) => inForce(grant, moment) && isWorthIt(grant, settings.remindBefore));
  const reminded: Reminded = { people: 0, grants: 0, failed: 0 };
  for (const email of new Set(ending.map((grant) => grant.email))) {
    const grants = await noted(
      table,
      ending.filter((grant) => grant.email === email),
    );
    if (grants.length === 0) continue;
    const sent = await tell(deps, email, grants, source, now);
    reminded.people += 1;
    reminded.grants += grants.length;
    if (!sent) reminded.failed += 1;
  }
  return reminded;
}

const isWorthIt = ({ issuedAt, expiresAt, remindedOf }: Grant, before: number): boolean =>
  remindedOf !== expiresAt && expiresAt - issuedAt > 2 * before;

/** The note comes first: a mail that is sent twice each day is worse than one that is lost. */
async function noted(table: Table, grants: Grant[]): Promise<Grant[]> {
  const notes = await Promise.all(grants.map((grant) => noteReminder(table, grant)));
  return grants.filter((_, index) => notes[index]).sort((a, b) => a.expiresAt - b.expiresAt);
}

async function tell(deps: RemindDeps, email: string, grants: Grant[], source: Source, now: Date): Promise<boolean> {
  const { table, sendMail, origin, log } = deps;
  const logins = grants.map(({ expiresAt, ...grant }) => ({ ...grant, expires: new Date(expiresAt * 1000) }));
  const note = (act: 'reminded' | 'remind_failed') =>
    writeEvent(table, { act, email, by: 'mongogrant', count: grants.length }, source, now);
  try {
    await Promise.all([sendMail({ to: email, ...reminderMail(logins, origin) }), note('reminded')]);
    return true;
  } catch (fault) {
    log.error('remind_failed', faultOf(fault));
    await note('remind_failed');
    return false;
  }
}
