import * as v from 'valibot';
import { deployment } from '../contract/deployment';
import type { Unreadable } from '../policy/policy';
import { readRow } from './read-row';
import type { Item, Table } from './table';
import { unreadable } from './versions';

/** How it was shown that a credential is dead. */
const proof = v.object({
  /** Whole seconds. */
  at: v.number(),
  /** The server knows no such user any more. */
  gone: v.boolean(),
  /** Members that know no such name, though they know our own login, and are not behind the drop. */
  unknownTo: v.optional(v.array(v.string()), []),
  /** Members that refused a login with the password that was right until the user was dropped. */
  refusedBy: v.array(v.string()),
  /** Members that could not be asked, or had not replicated the drop yet. */
  notAsked: v.array(v.string()),
  /** Steps that this server, or our login there, does not offer. */
  leftOut: v.array(v.string()),
});
export type Proof = v.InferOutput<typeof proof>;

/** A grant: one item per person, host, database, role and label, moved `pending` -> `active` -> `ending` -> `ended`. */
const grantItem = v.object({
  id: v.string(),
  email: v.string(),
  host: v.string(),
  db: v.string(),
  role: v.string(),
  label: v.string(),
  /** The planned name: known before the MongoDB user exists. */
  username: v.string(),
  /** The database that holds the MongoDB user (`authSource`). */
  usersDb: v.string(),
  state: v.picklist(['pending', 'active', 'ending', 'ended']),
  /** Counts the writes; a write names the version that it read. */
  version: v.number(),
  issuedAt: v.number(),
  expiresAt: v.number(),
  /** Until then the request that made the grant may still be about to create its user; 0 once it has. */
  creatingUntil: v.number(),
  /** Until then a change of a user under the planned name may still be under way, of this grant or of one before it. */
  changingUntil: v.number(),
  /** Until then one request alone is ending the grant; 0 when it is done or has given up. */
  endingUntil: v.number(),
  /** Counts the changes that were sent to its user, and the user carries the number of the last one that arrived; none before that was counted. */
  change: v.optional(v.number()),
  /** Where the login may come from, empty for anywhere; not there while it is being changed. */
  cidrs: v.optional(v.array(v.string())),
  /** Until then the addresses of the user may be on their way back to what `cidrs` says, and are not to be moved elsewhere. */
  repairUntil: v.optional(v.number()),
  /** The deployment on which its user was made, or last seen. */
  madeOn: v.optional(deployment),
  /** When the host first gave no answer to the command that makes its user. */
  unansweredAt: v.optional(v.number()),
  /** Why it could not be ended, the last time that this was tried. */
  waitsFor: v.optional(v.string()),
  /** Since when all that is left to be shown of its end is up to members that can't be asked. */
  unaskedSince: v.optional(v.number()),
  /** When it was seen that the host has no such user of ours any more. */
  lostAt: v.optional(v.number()),
  /** When the credential should be, or should have been, dead; none once it is. The index `due` is in this order. */
  dueAt: v.optional(v.number()),
  /** Not to be tried before, after it could not be ended. */
  retryAt: v.optional(v.number()),
  /** How often it could not be ended. */
  failures: v.optional(v.number()),
  /** Why it ends, and by whom: from the first attempt on. */
  why: v.optional(v.string()),
  by: v.optional(v.string()),
  /** The end of which its owner was reminded. */
  remindedOf: v.optional(v.number()),
  endedAt: v.optional(v.number()),
  proof: v.optional(proof),
});
export type Grant = v.InferOutput<typeof grantItem>;

/** Throws for what can't be read. */
export const parseGrant = (item: Item): Grant => v.parse(grantItem, item);

/** A row that can't be read, of a later version perhaps: what its key says, and what else of it can be used. Its login may be alive. */
export interface UnreadableGrant extends Unreadable, Pick<Grant, 'email' | 'host' | 'db' | 'role' | 'label'> {
  id?: string;
  dueAt?: number;
}

/** Rows of grants, apart from those that can't be read. */
export interface GrantRows {
  grants: Grant[];
  unreadable: UnreadableGrant[];
}

/** What can't be read is told to the table's log, and handed back by its key. */
export function parseGrants(table: Table, items: readonly Item[]): GrantRows {
  const rows: GrantRows = { grants: [], unreadable: [] };
  for (const item of items) {
    const grant = readRow(table, grantItem, item);
    if (grant) rows.grants.push(grant);
    else rows.unreadable.push(unreadableGrant(item));
  }
  return rows;
}

function unreadableGrant(item: Item): UnreadableGrant {
  const { pk, sk, id, dueAt } = item;
  const [host = '', db = '', role = '', ...label] = String(sk).split('#');
  return {
    ...unreadable(item),
    email: String(pk).replace(/^grants#/, ''),
    host,
    db,
    role,
    label: label.join('#'),
    ...(typeof id === 'string' && { id }),
    ...(typeof dueAt === 'number' && { dueAt }),
  };
}
