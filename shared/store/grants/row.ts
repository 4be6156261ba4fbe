import * as v from 'valibot';
import { deployment } from '../../contract/deployment';
import type { Item } from '../table';

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

/** What a grant has in every state. */
const ofAny = {
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
  /** Counts the writes; a write names the version that it read. */
  version: v.number(),
  issuedAt: v.number(),
  expiresAt: v.number(),
  /** Until then a change of a user under the planned name may still be under way, of this grant or of one before it. */
  changingUntil: v.number(),
  /** Where the login may come from, empty for anywhere; not there while it is being changed. */
  cidrs: v.optional(v.array(v.string())),
};

/** While a login may exist for it, now or soon. */
const ofLiving = {
  /** The deployment on which its user was made, or last seen. */
  madeOn: v.optional(deployment),
  /** When the credential should be, or should have been, dead. The index `due` is in this order. */
  dueAt: v.optional(v.number()),
};

/** While its user may still be to come. */
const ofMaking = {
  /** Until then the request that made the grant may still be about to create its user; 0 once it has. */
  creatingUntil: v.number(),
  /** When the host first gave no answer to the command that makes its user. */
  unansweredAt: v.optional(v.number()),
};

/** While its login works. */
const ofActive = {
  /** Counts the changes that were sent to its user, and the user carries the number of the last one that arrived; none before that was counted. */
  change: v.optional(v.number()),
  /** Until then the addresses of the user may be on their way back to what `cidrs` says, and are not to be moved elsewhere. */
  repairUntil: v.optional(v.number()),
  /** When it was seen that the host has no such user of ours any more. */
  lostAt: v.optional(v.number()),
  /** The end of which its owner was reminded. */
  remindedOf: v.optional(v.number()),
};

/** Why it ends, and by whom: from the first attempt on. */
const ofCause = { why: v.optional(v.string()), by: v.optional(v.string()) };

/** While it is being ended. */
const ofEnding = {
  /** Until then one request alone is ending the grant; 0 when it is done or has given up. */
  endingUntil: v.number(),
  /** Why it could not be ended, the last time that this was tried. */
  waitsFor: v.optional(v.string()),
  /** Since when all that is left to be shown of its end is up to members that can't be asked. */
  unaskedSince: v.optional(v.number()),
  /** Not to be tried before, after it could not be ended. */
  retryAt: v.optional(v.number()),
  /** How often it could not be ended. */
  failures: v.optional(v.number()),
};

const ofEnded = { endedAt: v.optional(v.number()), proof: v.optional(proof) };

/** A row as it lies in the table: it has some fields in every state, and keeps others of the states before. */
const grantItem = v.object({
  ...ofAny,
  ...ofLiving,
  ...ofMaking,
  ...ofActive,
  ...ofCause,
  ...ofEnding,
  ...ofEnded,
  state: v.picklist(['pending', 'active', 'ending', 'ended']),
});
export type GrantItem = v.InferOutput<typeof grantItem>;

const pending = v.object({ ...ofAny, ...ofLiving, ...ofMaking, state: v.literal('pending') });
const active = v.object({ ...ofAny, ...ofLiving, ...ofActive, state: v.literal('active') });
const ending = v.object({
  ...{ ...ofAny, ...ofLiving, ...ofMaking, ...ofCause, ...ofEnding },
  state: v.literal('ending'),
});
const ended = v.object({ ...ofAny, ...ofCause, ...ofEnded, state: v.literal('ended') });

/** Planned: its user is being made. */
export interface PendingGrant extends v.InferOutput<typeof pending> {}
/** Its login was handed out, or is about to be. */
export interface ActiveGrant extends v.InferOutput<typeof active> {}
/** To be ended, by whoever comes to it. */
export interface EndingGrant extends v.InferOutput<typeof ending> {}
/** Its login is dead, or never was. */
export interface EndedGrant extends v.InferOutput<typeof ended> {}

/** One that is, or is about to be, a login. */
export type LiveGrant = PendingGrant | ActiveGrant;
/** One for which a login may exist now or soon. */
export type LivingGrant = LiveGrant | EndingGrant;
/** A grant: one item per person, host, database, role and label, moved `pending` -> `active` -> `ending` -> `ended`. */
export type Grant = LivingGrant | EndedGrant;

/** Reads a row in a state. All of the row must be right, also what the state does not have. */
const inState = <G extends Grant>(state: v.GenericSchema<unknown, G>) =>
  v.pipe(
    grantItem,
    v.transform((item): G => v.parse(state, item)),
  );
export const pendingRow = inState<PendingGrant>(pending);
export const activeRow = inState<ActiveGrant>(active);
export const liveRow = inState<LiveGrant>(v.variant('state', [pending, active]));
export const endingRow = inState<EndingGrant>(ending);
export const endedRow = inState<EndedGrant>(ended);
export const grantRow = inState<Grant>(v.variant('state', [pending, active, ending, ended]));

/** Throws for what can't be read. */
export const parseGrant = (item: Item): Grant => v.parse(grantRow, item);
