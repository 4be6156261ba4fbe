/** The command was not written as it must be: exit status 2. */
export class UsageError extends Error {
  readonly code = 'wrong_usage';
}

/** The person, or the situation, said no: exit status 1, unless it has one of its own. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly exitStatus = 1,
  ) {
    super(message);
  }
}
