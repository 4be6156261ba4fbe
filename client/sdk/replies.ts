import type * as v from 'valibot';
import type { event, grant, replies, rule, ruler, scope, unreadable } from '../../shared/contract/replies';

// What the client's methods answer with: the API's own schemas.

/** A grant: never with its password. */
export type Grant = v.InferOutput<typeof grant>;
/** A grant with its new end, and the host's own authorities. */
export type RenewedGrant = v.InferOutput<typeof replies.renewed>;
/** Who one is, and what the rules open. */
export type Me = v.InferOutput<typeof replies.me>;
/** The grants that have ended, and those that the service goes on ending. */
export type Ended = v.InferOutput<typeof replies.revoked>;
export type Rule = v.InferOutput<typeof rule>;
/** A rule as it was set, what it replaced, and what is odd about it. */
export type SetRule = v.InferOutput<typeof replies.rule>;
export type RemovedRule = v.InferOutput<typeof replies.ruleRemoved>;
/** Which grants would end, and which would end sooner. */
export type Losses = v.InferOutput<typeof replies.losses>;
/** The rule that decides, and all that have a say. */
export type Why = v.InferOutput<typeof replies.why>;
export type Scope = v.InferOutput<typeof scope>;
export type Ruler = v.InferOutput<typeof ruler>;
export type SetRuler = v.InferOutput<typeof replies.ruler>;
/** A rule, ruler or event that the service can't read, by its key. */
export type Unreadable = v.InferOutput<typeof unreadable>;
export type AuditPage = v.InferOutput<typeof replies.audit>;
export type AuditEvent = v.InferOutput<typeof event>;
