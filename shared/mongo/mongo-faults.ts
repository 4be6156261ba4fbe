import {
  MongoError,
  MongoInvalidArgumentError,
  MongoMissingCredentialsError,
  MongoNetworkError,
  MongoParseError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
} from 'mongodb';
import { HostRefused, HostUnreachable, type Silence } from '../contract/errors';

const AUTHENTICATION_FAILED = 18;

/**
 * Answers of a server that elects, steps down, shuts down, starts, recovers or is overloaded: they say nothing about the command. The names
 * are from the server's own list of error codes.
 */
const passingCodes: ReadonlySet<number> = new Set([
  ...[6, 7, 89, 9001], // HostUnreachable, HostNotFound, NetworkTimeout, SocketException: between the members
  ...[10058, 10107, 13435, 13436, 189], // no longer, or not yet, the primary: NotWritablePrimary and its kin, PrimarySteppedDown
  ...[91, 11600, 11601, 11602], // ShutdownInProgress, InterruptedAtShutdown, Interrupted, InterruptedDueToReplStateChange
  ...[24, 46, 50, 64, 112, 117, 202, 262], // LockTimeout, LockBusy, MaxTimeMSExpired, WriteConcernTimeout, WriteConflict, ConflictingOperationInProgress, NetworkInterfaceExceededTimeLimit, ExceededTimeLimit
  ...[63, 133, 134, 150, 211, 234, 13388], // a router that looks for a shard, or for keys: StaleShardVersion, FailedToSatisfyReadPreference, ReadConcernMajorityNotAvailableYet, StaleEpoch, KeyNotFound, RetryChangeStream, StaleConfig
  ...[94, 365, 391, 462, 16500], // NotYetInitialized, TemporarilyUnavailable, ReauthenticationRequired, IngressRequestRateLimitExceeded, too many requests (Cosmos DB)
]);

/** The marks of the driver and the server for commands that may be sent again. */
const passingLabels = ['RetryableWriteError', 'RetryableError', 'SystemOverloadedError', 'TransientTransactionError'];

const WRITE_CONCERN_TIMEOUT = 64;

/** These waited in vain, and an immediate retry would too: for members that make the majority, or for time (MaxTimeMSExpired). */
const waiting: ReadonlySet<number> = new Set([WRITE_CONCERN_TIMEOUT, 50]);

/** A router sends these when it lost a shard, which may still be running the command. */
const relayed: ReadonlySet<number> = new Set([6, 7, 89, 202, 262, 9001]);

const isPassing = (error: MongoServerError): boolean =>
  passingCodes.has(Number(error.code)) || passingLabels.some((label) => error.hasErrorLabel(label));

/** Says what is wrong at a host: it can't be asked now, it can't be asked with its secret, or it refused the command. */
export function hostFault(host: string, error: unknown, command = 'login'): HostRefused | HostUnreachable {
  if (error instanceof MongoServerError) {
    const why = silenceOf(error);
    if (why) return new HostUnreachable(host, why !== 'login_refused', { why, cause: error });
    // Never the server's own message: it may quote the command.
    const refusal = `${command}: ${error.codeName ?? `code ${error.code}`}`;
    return new HostRefused(host, { refusal, cause: error });
  }
  if (isTimeUp(error)) return new HostUnreachable(host, true, { cause: error });
  // Faults that are not the driver's: a missing DNS record or file, or an address that can't be parsed.
  const foreign = !(error instanceof MongoError);
  const untrusted = untrustedCodes.test(systemCode(error) ?? '');
  const neverSent =
    foreign ||
    untrusted ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoParseError ||
    isPoolCleared(error) ||
    isConnectionRefused(error) ||
    isQueueing(error) ||
    error.hasErrorLabel('HandshakeError');
  const refused = isPoolCleared(error) && isRefusedLogin(causeOf(error));
  const unusable = isUnreadableAddress(error) || badAddress.some((kind) => error instanceof kind);
  const found = untrusted ? 'not_trusted' : hasNoPrimary(error) ? 'changing' : isQueueing(error) ? 'time_up' : 'silent';
  const why = refused ? 'login_refused' : unusable ? 'address_unusable' : foreign ? 'not_found' : found;
  return new HostUnreachable(host, !neverSent, { why, cause: error });
}

/** Node's codes for a certificate that it does not accept. */
const untrustedCodes =
  /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER|VERIFY_LEAF))/;

/** Nobody listens, so nothing was sent. */
const isConnectionRefused = (error: unknown): boolean =>
  error instanceof MongoNetworkError && systemCode(error) === 'ECONNREFUSED';

/** Whether a server without a journal refused to wait for it. Only its message tells this from other bad values. */
export const isJournalMissing = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === 2 && /journal/i.test(error.message);

/** Members answer, but none takes writes. */
const hasNoPrimary = (error: unknown): boolean =>
  error instanceof MongoServerSelectionError &&
  error.reason?.type === 'ReplicaSetNoPrimary' &&
  [...error.reason.servers.values()].some(({ type }) => type !== 'Unknown');

/** None if it is a refusal. */
function silenceOf(error: MongoServerError): Silence | undefined {
  if (error.code === AUTHENTICATION_FAILED) return 'login_refused';
  if (!isPassing(error)) return undefined;
  return error instanceof MongoWriteConcernError && error.code === WRITE_CONCERN_TIMEOUT ? 'majority_lost' : 'changing';
}

/** It waited for a connection, so nothing was sent. The host may be fine: perhaps we ask too much of it at once. */
const isQueueing = (error: unknown): boolean =>
  error instanceof MongoError && error.name === 'MongoWaitQueueTimeoutError';

const isTimeUp = (error: unknown): boolean => Object(error).name === 'TimeoutError';

const badAddress = [MongoParseError, MongoInvalidArgumentError, MongoMissingCredentialsError];

/**
 * Whether to send the command again at once: the server answered, so nothing of the first attempt is under way, or it was never sent.
 * `reads`: the command changes nothing, so a late attempt does no harm.
 */
export function maySendAgain(error: unknown, reads: boolean): boolean {
  if (error instanceof MongoServerError)
    return isPassing(error) && !waiting.has(Number(error.code)) && (reads || !relayed.has(Number(error.code)));
  if (isPoolCleared(error)) return !isRefusedLogin(causeOf(error));
  if (isConnectionRefused(error)) return true;
  return reads && error instanceof MongoNetworkError;
}

/**
 * Whether the client is useless: it never found its servers, or lost them for good. A new one may find them. For a caller who waits for a
 * connection, a new client would only be slower, and would log in again each time.
 */
export const isClientLost = (error: unknown): boolean =>
  !(error instanceof MongoServerError) &&
  !(error instanceof MongoNetworkError) &&
  !isPoolCleared(error) &&
  !isQueueing(error);

/** The server's code for a refusal (13 for a missing privilege); none for other faults. */
export function serverCode(fault: unknown): number | undefined {
  const cause = fault instanceof HostRefused || fault instanceof HostUnreachable ? fault.cause : undefined;
  return cause instanceof MongoServerError && typeof cause.code === 'number' ? cause.code : undefined;
}

/** Why mongogrant's own login does not reach a host. */
export interface LoginFault {
  reason: 'bad_secret' | 'login_refused' | 'unreachable';
  /** The system's code, if any, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  code?: string | undefined;
}

/** What a fault says about the login; none if nothing. */
export function loginFault(fault: unknown): LoginFault | undefined {
  if (!(fault instanceof HostRefused || fault instanceof HostUnreachable)) return undefined;
  const { cause } = fault;
  if (
    cause instanceof MongoServerError &&
    (cause.code === AUTHENTICATION_FAILED || (cause.hasErrorLabel('HandshakeError') && !isPassing(cause)))
  )
    return { reason: 'login_refused' };
  if (fault instanceof HostRefused) return undefined;
  return isUnreadableAddress(cause) || badAddress.some((kind) => cause instanceof kind)
    ? { reason: 'bad_secret' }
    : { reason: 'unreachable', code: systemCode(cause) };
}

/** Whether a command was not sent because the login was refused: its own, or that of another command in its pool. */
export function isLoginRefused(fault: unknown): boolean {
  if (!(fault instanceof HostUnreachable)) return false;
  const { cause } = fault;
  return isRefusedLogin(isPoolCleared(cause) ? causeOf(cause) : cause);
}

const isRefusedLogin = (error: unknown): boolean =>
  error instanceof MongoServerError && error.code === AUTHENTICATION_FAILED;

/** When a login fails, the driver empties its pool and tells this to callers who wait for a connection. */
const isPoolCleared = (error: unknown): boolean => error instanceof Error && error.name === 'MongoPoolClearedError';

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

/** The address parser is a package of its own, with its own errors. */
const isUnreadableAddress = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'MongoParseError' || systemCode(error) === 'ERR_INVALID_URL');

/** The driver wraps system errors in its own. */
function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? systemCode(error.cause) : undefined;
}
