import * as v from 'valibot';
import { deployment } from '../../contract/deployment';
import type { Item } from '../table';

/** The proof that a credential is dead. */
const proof = v.object({
  at: v.number(),
  /** Whether the server no longer knows the user. */
  gone: v.boolean(),
  /** Members that do not know the name, though they know our own login and have replicated the drop. */
  unknownTo: v.optional(v.array(v.string()), []),
  /** Members that refused the password that worked until the drop. */
  refusedBy: v.array(v.string()),
  /** Members that could not be asked, or had not replicated the drop. */
  notAsked: v.array(v.string()),
  /** Steps that the server, or our login there, does not offer. */
  leftOut: v.array(v.string()),
});
export type Proof = v.InferOutput<typeof proof>;

/** Fields of every state. */
const ofAny = {
  id: v.string(),
  email: v.string(),
  host: v.string(),
  db: v.string(),
  role: v.string(),
  label: v.string(),
  /** The planned name, which is known before the MongoDB user exists. */
  username: v.string(),
  /** The database that holds the MongoDB user (`authSource`). */
  usersDb: v.string(),
  /** Counts the writes. A write names the version that it read. */
  version: v.number(),
  issuedAt: v.number(),
  expiresAt: v.number(),
  /** When its end was last set anew. */
  extendedAt: v.optional(v.number()),
  /** Counts the passwords under this key, those of earlier grants, too; none in rows of 0.1.0. See `passwordVersionOf`. */
  passwordVersion: v.optional(v.number()),
  /** When the present password was made; none in rows of 0.1.0. */
  passwordAt: v.optional(v.number()),
  /** Until then a change of a user with this name may be under way, of this grant or an earlier one. */
  changingUntil: v.number(),
  /** Where the login may come from, empty for anywhere; missing while that changes. */
  cidrs: v.optional(v.array(v.string())),
};

/** Fields while a login may exist, now or soon. */
const ofLiving = {
  /** The deployment where its user was made, or last seen. */
  madeOn: v.optional(deployment),
  /** When the credential should be dead. The index `due` is sorted by this. */
  dueAt: v.optional(v.number()),
};

/** Fields while its user may still be made. */
const ofMaking = {
  /** Until then the first request may still make its user; 0 once it has. */
  creatingUntil: v.number(),
  /** When the host first failed to answer the command that makes the user. */
  unansweredAt: v.optional(v.number()),
};

/** Fields while its login works. */
const ofActive = {
  /** Counts the changes sent to its user, which stores the number of the last one that arrived; none in rows of older releases. */
  change: v.optional(v.number()),
  /** Until then a repair may be resetting the user's addresses to `cidrs`, so nobody else may change them. */
  repairUntil: v.optional(v.number()),
  /** When the host was first seen without our user. */
  lostAt: v.optional(v.number()),
  /** The end of which the owner was reminded. */
  remindedOf: v.optional(v.number()),
};

/** Why it ends, and by whom, from the first attempt on. */
const ofCause = { why: v.optional(v.string()), by: v.optional(v.string()) };

/** Fields while it ends. */
const ofEnding = {
  /** Until then only one request is ending the grant; 0 when it is done or has given up. */
  endingUntil: v.number(),
  /** Why the last attempt could not end it. */
  waitsFor: v.optional(v.string()),
  /** Since when only members that can't be asked are missing from the proof of its end. */
  unaskedSince: v.optional(v.number()),
  /** When to try again after a failure. */
  retryAt: v.optional(v.number()),
  failures: v.optional(v.number()),
};

const ofEnded = { endedAt: v.optional(v.number()), proof: v.optional(proof) };

/** A row in the table. It has some fields in every state, and keeps others of earlier states. */
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

/** Planned. Its user is being made. */
export interface PendingGrant extends v.InferOutput<typeof pending> {}
/** Its login was handed out, or is about to be. */
export interface ActiveGrant extends v.InferOutput<typeof active> {}
/** To be ended by whoever comes next. */
export interface EndingGrant extends v.InferOutput<typeof ending> {}
/** Its login is dead, or never was. */
export interface EndedGrant extends v.InferOutput<typeof ended> {}

/** A grant that is, or is about to be, a login. */
export type LiveGrant = PendingGrant | ActiveGrant;
/** A grant that may have a login, now or soon. */
export type LivingGrant = LiveGrant | EndingGrant;
/** A grant: one item per person, host, database, role and label. It moves `pending` -> `active` -> `ending` -> `ended`. */
export type Grant = LivingGrant | EndedGrant;

/** Parses a row in a state. Fields of other states must be right, too. */
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

/** Throws if the row can't be read. */
export const parseGrant = (item: Item): Grant => v.parse(grantRow, item);
