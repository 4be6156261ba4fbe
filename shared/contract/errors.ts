/** Every error code of the API with its status and title. Codes are stable: clients branch on them. */
const problems = {
  invalid_request: [400, 'The request is malformed'],
  token_missing: [401, 'A token is needed'],
  token_invalid: [401, 'The token is not valid'],
  token_expired: [401, 'The token has expired'],
  token_revoked: [401, 'The token has been revoked'],
  not_allowed: [403, 'Not allowed'],
  wrong_address: [403, 'This is not the public address of the API'],
  code_wrong: [403, 'This is not the code'],
  not_found: [404, 'There is nothing here'],
  link_unknown: [404, 'This link is not known'],
  ticket_unknown: [404, 'This page is not known'],
  grant_unknown: [404, 'There is no such grant'],
  rule_unknown: [404, 'There is no such rule'],
  ruler_unknown: [404, 'There is no such ruler'],
  method_not_allowed: [405, 'This method is not allowed here'],
  grant_busy: [409, 'This grant is being changed'],
  grant_unreadable: [409, 'The record of this grant cannot be read'],
  grant_revoked: [409, 'This grant was revoked meanwhile'],
  user_not_ours: [409, 'A MongoDB user of that name is not ours'],
  rule_changed: [409, 'The rule was changed meanwhile'],
  ruler_changed: [409, 'The ruler was changed meanwhile'],
  link_used: [410, 'This link has been used'],
  link_expired: [410, 'This link has expired'],
  ticket_expired: [410, 'This page is over'],
  body_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'This content type is not supported'],
  too_many_requests: [429, 'Too many requests'],
  too_many_grants: [429, 'Too many grants'],
  too_many_rules: [429, 'Too many rules'],
  internal: [500, 'Something went wrong on our side'],
  host_refused: [502, 'The MongoDB host refused'],
  host_unreachable: [503, 'The MongoDB host does not answer'],
  service_busy: [503, 'A service behind mongogrant is busy'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof problems;

export interface AboutProblem {
  /** The owner of the terminal login, who begins again at the terminal. */
  terminalLogin?: string | undefined;
  /** The address that owns a link. Only whoever has its genuine link learns it, and may ask for a new one. */
  owner?: string | undefined;
  /** Whether a new link would help somebody whose address is not known. */
  mayAsk?: boolean;
  /** What a page says instead of the title, where it knows more. */
  heading?: string;
  /** The methods that the path has, if another one was used. */
  allow?: readonly string[];
}

/** An expected refusal. `detail` is for people: it says what happened and what to do next, and holds no secret. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    detail: string,
    /** Seconds after which a new request makes sense. */
    readonly retryAfter?: number,
    readonly about: AboutProblem = {},
  ) {
    super(detail);
    this.name = 'ApiError';
  }

  get status(): number {
    return problems[this.code][0];
  }

  get title(): string {
    return problems[this.code][1];
  }
}

/** Why a host can't be asked: see {@link hostProblem}. */
export type Silence =
  | 'silent'
  | 'time_up'
  | 'changing'
  | 'majority_lost'
  | 'login_refused'
  | 'address_unusable'
  | 'not_found'
  | 'not_trusted';

/** A MongoDB host did not answer, or did not answer the command. `sent` is false if the command certainly never reached it. */
export class HostUnreachable extends Error {
  readonly why: Silence;

  constructor(
    readonly host: string,
    readonly sent: boolean,
    { why = 'silent', ...options }: ErrorOptions & { why?: Silence } = {},
  ) {
    super(`${host} does not answer`, options);
    this.name = 'HostUnreachable';
    this.why = why;
  }
}

/** A MongoDB host answered, and refused a command of mongogrant's own login. */
export class HostRefused extends Error {
  /** The command and the server's name for its reason, such as `createUser: Unauthorized`, if known. */
  readonly refusal: string | undefined;

  constructor(
    readonly host: string,
    { refusal, ...options }: ErrorOptions & { refusal?: string } = {},
  ) {
    super(`${host} refused`, options);
    this.name = 'HostRefused';
    this.refusal = refusal;
  }
}

/** A secret can't be read or lacks a field. The message names it and its bad fields, never their values. */
export class SecretUnusable extends Error {
  constructor(
    message: string,
    /** The host whose secret it is, if it is a host's: then only logins there are affected. */
    readonly host?: string,
    /** `cause`: why it could not be read. */
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SecretUnusable';
  }
}

/** The error that a person is told about a fault at a MongoDB host. Any other fault is returned unchanged. */
export function hostProblem(fault: unknown): unknown {
  if (fault instanceof HostUnreachable) {
    const mend = mended.includes(fault.why);
    return new ApiError(mend ? 'host_refused' : 'host_unreachable', `${fault.host} ${sentences[fault.why]}`, 60);
  }
  if (fault instanceof HostRefused) {
    const what = fault.refusal === undefined ? '' : ` (${fault.refusal})`;
    return new ApiError(
      'host_refused',
      `${fault.host} refused what mongogrant's own login asked of it${what}. Tell an admin: mgrant hosts check ${fault.host} says what is missing.`,
    );
  }
  if (fault instanceof SecretUnusable && fault.host !== undefined)
    return new ApiError('host_refused', `${fault.message}. Tell an admin: mgrant hosts check ${fault.host} says more.`);
  return fault;
}

/** These do not pass by themselves. */
const mended: readonly Silence[] = ['login_refused', 'address_unusable', 'not_trusted'];

const sentences: Record<Silence, string> = {
  silent: 'does not answer. Nothing is lost: ask again in a minute.',
  time_up: 'could not be asked in time. Nothing is lost: ask again in a minute.',
  changing: 'has no primary at the moment, is starting, or is overloaded. Nothing is lost: ask again in a minute.',
  majority_lost:
    'answers, but too few of its members do for it to confirm a change. Nothing is lost: ask again in a minute, and tell an admin if it goes on.',
  login_refused: `refuses mongogrant's own login. Tell an admin: the password in the host's secret must be the one on the server.`,
  address_unusable: "can't be reached: its secret has no usable uri. Tell an admin: mgrant hosts check says more.",
  not_trusted: 'answers with a certificate that is not trusted. Tell an admin: mgrant hosts check says why.',
  not_found:
    "can't be found as its secret says: a name that is not in the DNS, or a file that is not there. Nothing is lost: ask again in a minute, and tell an admin if it goes on.",
};
