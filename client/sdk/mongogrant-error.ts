/** What more is known of a failure. */
export interface FailureFacts {
  /** The status that the API answered with; none where no answer came, or none was asked for. */
  status?: number | undefined;
  /** Names the request in the logs of the service. */
  requestId?: string | undefined;
  /** Seconds until asking again makes sense. */
  retryAfter?: number | undefined;
  /** Which one it was of the failures that have this code, such as `name_unknown` for `no_answer`. */
  reason?: string | undefined;
  cause?: unknown;
}

/**
 * Everything that the client refuses, and every refusal of the API. Branch on `code`, show `message`: it says what happened and what
 * to do next. Neither it nor `cause` ever holds a token, link or password.
 *
 * Codes of the API are in docs/api.md. The client's own: `no_answer`, `answer_unknown`, `token_missing`, `endpoint_invalid`,
 * `endpoint_insecure`, `settings_broken`, `settings_busy`, `settings_unwritable`, `spec_invalid`, `alias_circular`, `credential_refused`,
 * `driver_missing`, `home_missing`, `label_invalid`, `proxy_invalid`, `outside_scope`, `link_unanswered`.
 *
 * @example
 * try {
 *   await client.db('rw:dev/fireworks');
 * } catch (error) {
 *   if (error instanceof MongograntError && error.code === 'not_allowed') console.error(error.message);
 *   else throw error;
 * }
 */
export class MongograntError extends Error {
  override readonly name = 'MongograntError';
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
  readonly reason?: string | undefined;

  constructor(
    readonly code: string,
    message: string,
    { cause, ...facts }: FailureFacts = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, facts);
  }
}

/** Also of a copy of this module: run from its sources, a part of the command is loaded by `require`, the rest by `import`. */
export const isMongograntError = (fault: unknown): fault is MongograntError =>
  fault instanceof Error && fault.name === 'MongograntError';
