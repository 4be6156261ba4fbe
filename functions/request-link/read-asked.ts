import { together } from '../../shared/async/together';
import type { Settings } from '../../shared/aws/settings';
import { ApiError } from '../../shared/contract/errors';
import { callerOf } from '../../shared/contract/names';
import type { Call } from '../../shared/http/call';
import { reportUnreadable } from '../../shared/http/report-unreadable';
import { expired, type Rule, type Unreadable } from '../../shared/policy/policy';
import { seconds } from '../../shared/policy/time';
import { countRequest } from '../../shared/store/links';
import { readRuler } from '../../shared/store/rulers';
import { readRulesFor } from '../../shared/store/rules';
import { readUndelivered, type Undelivered } from '../../shared/store/undelivered';
import type { SigningKeys } from '../../shared/tokens/tokens';
import { type Address, readAddress, readNewAddresses } from './new-addresses';
import type { RequestLinkDeps } from './request-link-deps';

/** All facts that decide a request. */
export interface Asked extends Address {
  linkKeys: SigningKeys;
  /** How a setting, a ruler's scope or a rule names the address: exactly, or by a pattern that fits many. */
  knownBy: 'name' | 'pattern' | undefined;
  /** Mails of this hour to new addresses of its domain. */
  newAddresses: number;
  /** Why the address gets no mail for now. */
  undelivered: Undelivered | undefined;
}

/** Reads everything at once, and refuses a source that asks too often. */
export async function readAsked(deps: RequestLinkDeps, call: Call, email: string): Promise<Asked> {
  const { table, settings } = deps;
  const { request, now } = call;
  const caller = callerOf(request.ip);
  const [rules, ruler, address, newAddresses, undelivered, calm, linkKeys] = await together([
    readRulesFor(table, email),
    readRuler(table, email),
    readAddress(table, email),
    readNewAddresses(table, email, now),
    readUndelivered(table, email, now),
    countRequest(table, caller, { limit: settings.linksPerHourPerIp, now }),
    deps.secrets.linkKeys(),
  ]);
  if (!calm) {
    deps.spent.add(caller, now);
    throw tooManyRequests(now);
  }
  reportUnreadable(deps.log, ruler ? [...rules, ruler] : rules, call);
  const knownBy = ruler ? 'name' : howKnown(rules, email, { settings, now });
  return { ...address, linkKeys, knownBy, newAddresses, undelivered };
}

export const tooManyRequests = (now: Date): ApiError =>
  new ApiError(
    'too_many_requests',
    'Too many links were asked for from your address. Try again in an hour.',
    3600 - (seconds(now) % 3600),
  );

/** Mail goes only to people who can use mongogrant, so that nobody can use it to pester strangers. */
function howKnown(
  rules: (Rule | Unreadable)[],
  email: string,
  { settings: { admins }, now }: { settings: Settings; now: Date },
): Asked['knownBy'] {
  const allows = rules.filter(
    (rule): rule is Rule => !('unreadable' in rule) && rule.which === 'allow' && !expired(rule, seconds(now)),
  );
  if (admins.includes(email) || allows.some((rule) => rule.email === email)) return 'name';
  return allows.length > 0 ? 'pattern' : undefined;
}

/** Whether a mail to this address counts for its domain: only a pattern fits it, and nobody ever redeemed a link to it. */
export const isInvented = ({ knownBy, isNew }: Asked): boolean => knownBy === 'pattern' && isNew;
