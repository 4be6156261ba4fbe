import type { ErrorCode } from '../../shared/contract/errors';

const logIn = 'To log in again: mgrant login you@lab.org --endpoint URL';
const askAnew = 'To get a new login: mgrant db HOST DB';
const anotherLabel = 'To use another label: mgrant db HOST DB --label LABEL';
const otherFile = 'The option for it is --settings, such as --settings /scratch/you/mongogrant.json';
const checkService = 'To check the service and its address: mgrant doctor --endpoint URL';

/** What to do on this command line about a refusal of the service, whose own words name no command. */
export const serviceHints = {
  token_missing: logIn,
  token_invalid: logIn,
  token_expired: logIn,
  token_revoked: logIn,
  not_allowed: 'What the rules open to you: mgrant whoami. Which rule decides: mgrant rules why ROLE:HOST/DB',
  wrong_address: 'To log in at that address: mgrant login you@lab.org --endpoint URL',
  not_found: checkService,
  method_not_allowed: checkService,
  link_unknown: logIn,
  link_used: logIn,
  link_expired: logIn,
  grant_unknown: askAnew,
  grant_revoked: askAnew,
  grant_unreadable: anotherLabel,
  user_not_ours: anotherLabel,
  rule_unknown: 'The rules as they are now: mgrant rules',
  rule_changed: 'The rules as they are now: mgrant rules',
  ruler_unknown: 'The rulers as they are now: mgrant rulers',
  ruler_changed: 'The rulers as they are now: mgrant rulers',
  body_too_large: 'Shorten what you send, such as --note or --cidr.',
  too_many_grants: 'What you hold: mgrant grants. To end one: mgrant revoke HOST DB',
  too_many_rules: 'The rules: mgrant rules. To remove one: mgrant rules remove EMAIL SPEC --which WHICH',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** The same for what the client itself refuses: its words are for programs, too, and not all of them name a command. */
const ownHints = {
  endpoint_invalid: 'The option for it is --endpoint, such as --endpoint https://api.lab.org',
  endpoint_insecure: 'The option for it is --allow-http',
  token_invalid: logIn,
  settings_unwritable: otherFile,
  home_missing: otherFile,
  outside_scope: 'Your scope: mgrant whoami',
};

/** The same for what is in the way to the service: by the reason. */
const wayHints: Record<string, string> = {
  redirected: ownHints.endpoint_invalid,
  not_mongogrant: checkService,
  refused_in_front: checkService,
};

/** The hint for a failure; none where its detail says all. A failure with a status is the service's. */
export function hintFor({ code, status, reason = '' }: Told): string | undefined {
  if (code === 'no_answer') return 'What the system said: the same with MGRANT_DEBUG=1 before it';
  if (code === 'answer_unknown') return Object.hasOwn(wayHints, reason) ? wayHints[reason] : undefined;
  const hints: Record<string, string> = status === undefined ? ownHints : serviceHints;
  return Object.hasOwn(hints, code) ? hints[code] : undefined;
}

interface Told {
  code: string;
  status?: number | undefined;
  reason?: string | undefined;
}
