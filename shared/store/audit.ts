import { day, seconds } from '../time';
import type { Grant } from './grants';
import type { Table } from './table';

const kept = 400 * day;

/** Puts the events of one request, which have one time, in order. */
let written = 0;

/** What happened. Of two events of one request the later one holds: it says that the first could not be carried out. */
export type Act =
  | 'link_sent'
  | 'link_refused'
  | 'link_failed'
  | 'redeeming'
  | 'redeem_refused'
  | 'granted'
  | 'grant_refused'
  | 'grant_failed'
  | 'renewed'
  | 'renew_refused'
  | 'ending'
  | 'ended'
  | 'end_pending'
  | 'revoke_refused'
  | 'tokens_revoked'
  | 'rule_set'
  | 'rule_removed'
  | 'rule_refused';

/** One decision. Never a token, link or password. */
export interface Event {
  act: Act;
  /** Whose link, token, grant or rule. */
  email: string;
  /** Who acted, where that is somebody else. */
  by?: string;
  /** Why a grant ends. */
  why?: string;
  /** Why it was refused or is pending: an error code. */
  reason?: string;
  /** The key of the rule that decided. */
  rule?: string | undefined;
  grant?: Grant;
  wish?: { host: string; db: string; role: string; label: string } | undefined;
  /** The link or token, by its id, which opens nothing. */
  link?: string;
  count?: number;
}

export interface Source {
  requestId: string;
  ip: string;
}

/** Appends an audit event: beside the write that decides, so that no crash can come between. */
export async function writeEvent(table: Table, event: Event, source: Source, now: Date): Promise<void> {
  const at = now.toISOString();
  const sk = `${at}#${source.requestId}#${String(written++).padStart(9, '0')}`;
  await table.put({
    pk: `audit#${at.slice(0, 10)}`,
    sk,
    ...event,
    grant: event.grant && factsOf(event.grant),
    at,
    requestId: source.requestId,
    ip: source.ip,
    listPk: `audit#${event.email}`,
    listSk: sk,
    deleteAt: seconds(now) + kept,
  });
}

const factsOf = ({ id, host, db, role, label, username, expiresAt }: Grant) => ({
  id,
  host,
  db,
  role,
  label,
  username,
  expiresAt,
});
