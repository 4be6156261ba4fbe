import { together } from '../async/together';
import { day, seconds } from '../policy/time';
import type { Grant, Proof } from './grants/row';
import { keys } from './keys';
import type { Table } from './table';

export const kept = 400 * day;

/** Keeps the events of one request in order, as they have the same time. */
let written = 0;

/** What happened. If a request has two events, the later one counts: it says that the first could not be carried out. */
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

/** One decision. It never holds a token, link or password. */
export interface Event {
  act: Act;
  /** The owner of the link, token, grant or rule. */
  email: string;
  /** Who acted, if that may be somebody else. */
  by?: string;
  why?: string;
  /** Why it was refused or is pending: an error code. */
  reason?: string;
  /** The key of the rule that decided. */
  rule?: string | undefined;
  grant?: GrantFacts;
  /** The host that was registered, retired, removed or reconciled. */
  host?: string;
  /** The MongoDB user, if there may be no grant. */
  user?: { user: string; db: string };
  figures?: object;
  /** The request, as far as it named things. */
  wish?:
    | { host?: string | undefined; db?: string | undefined; role?: string; label?: string; which?: string }
    | undefined;
  /** The id of the link or token, which opens nothing. */
  link?: string;
  count?: number;
  /** The proof that a credential is dead. */
  proof?: Proof;
  /** A rule, ruler or MongoDB user before and after. Rules and ruler scopes have the form that the API shows. */
  before?: object | undefined;
  after?: object | undefined;
  /** The route that was not shown. */
  route?: string;
  dryRun?: true;
}

/** The facts of a grant on record. The act tells its state. */
type GrantFacts = Pick<Grant, 'id' | 'host' | 'db' | 'role' | 'label' | 'username' | 'expiresAt'>;

export interface Source {
  requestId: string;
  ip: string;
}

/**
 * Appends an audit event. Call it beside the deciding write, so that no crash can come between them. It is stored under its day, in the
 * index under its person, and again under the actor if that is somebody else (and none of our jobs).
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
