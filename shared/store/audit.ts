import { together } from '../async/together';
import { day, seconds } from '../policy/time';
import type { Grant, Proof } from './grants/row';
import { keys } from './keys';
import type { Table } from './table';

/** Seconds. */
export const kept = 400 * day;

/** Puts events of one moment in order: those of one request have the same time. */
let written = 0;

/** What happened. Of two events of one request the later one holds: it says that the first could not be carried out. */
export type Act =
  | 'link_sent'
  | 'link_refused'
  | 'link_failed'
  | 'terminal_link_sent'
  | 'mail_bounced'
  | 'mail_complained'
  | 'confirming'
  | 'code_wrong'
  | 'redeeming'
  | 'redeem_refused'
  | 'granted'
  | 'grant_refused'
  | 'grant_failed'
  | 'renewed'
  | 'shortened'
  | 'reminded'
  | 'remind_failed'
  | 'renew_refused'
  | 'ending'
  | 'ended'
  | 'end_pending'
  | 'revoke_refused'
  | 'revoke_ordered'
  | 'tokens_revoked'
  | 'host_added'
  | 'host_changed'
  | 'host_retired'
  | 'host_removed'
  | 'settled'
  | 'host_refused'
  | 'host_rotating'
  | 'rule_set'
  | 'rule_removed'
  | 'rule_refused'
  | 'ruler_set'
  | 'ruler_removed'
  | 'ruler_refused'
  | 'read_refused'
  | 'adopted'
  | 'adopt_failed'
  | 'reconciled'
  | 'orphan_found'
  | 'orphan_ended'
  | 'orphan_pending'
  | 'user_lost'
  | 'user_found'
  | 'user_repaired'
  | 'repair_failed';

/** One decision. Never a token, link or password. */
export interface Event {
  act: Act;
  /** Whose link, token, grant or rule. */
  email: string;
  /** Who acted, where that may be somebody else. */
  by?: string;
  /** Why a grant ends. */
  why?: string;
  /** Why it was refused or is pending: an error code. */
  reason?: string;
  /** The key of the rule that decided. */
  rule?: string | undefined;
  grant?: GrantFacts;
  /** The host that was registered, retired, removed or reconciled. */
  host?: string;
  /** The MongoDB user, where there may be no grant. */
  user?: { user: string; db: string };
  /** What a run counted. */
  figures?: object;
  /** What was asked for, as far as it was named. */
  wish?:
    | { host?: string | undefined; db?: string | undefined; role?: string; label?: string; which?: string }
    | undefined;
  /** The link or token, by its id, which opens nothing. */
  link?: string;
  count?: number;
  /** How it was shown that a credential is dead. */
  proof?: Proof;
  /** A rule, ruler or MongoDB user as it was, and as it is now, a rule or ruler in the form in which the API shows it. */
  before?: object | undefined;
  after?: object | undefined;
  /** What was not shown. */
  route?: string;
  /** Only a dry run was asked for. */
  dryRun?: true;
}

/** What of a grant is on record: its state is told by the act. */
type GrantFacts = Pick<Grant, 'id' | 'host' | 'db' | 'role' | 'label' | 'username' | 'expiresAt'>;

export interface Source {
  requestId: string;
  ip: string;
}

/**
 * Appends an audit event: beside the write that decides, so that no crash can come between. It lies under its day, in the index under
 * whom it is about, and once more under who acted, where that is somebody else (and not one of our own jobs).
 */
export async function writeEvent(table: Table, event: Event, source: Source, now: Date): Promise<void> {
  const at = now.toISOString();
  const sk = `${at}#${String(written++).padStart(9, '0')}#${source.requestId}`;
  const { email, by, grant } = event;
  const { requestId, ip } = source;
  const facts = { ...event, grant: grant && factsOf(grant), at, requestId, ip, deleteAt: seconds(now) + kept };
  await together([
    table.put({ pk: keys.events(at.slice(0, 10)), sk, ...facts, listPk: keys.eventsOf(email), listSk: sk }),
    by !== undefined && by !== email && by.includes('@') && table.put({ pk: keys.eventsBy(by), sk, ...facts }),
  ]);
}

const factsOf = ({ id, host, db, role, label, username, expiresAt }: GrantFacts) => ({
  id,
  host,
  db,
  role,
  label,
  username,
  expiresAt,
});
