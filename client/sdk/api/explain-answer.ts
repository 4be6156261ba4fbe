import * as v from 'valibot';
import { MongograntError } from '../mongogrant-error';
import { isHeldBack, problem, type Reply } from './reply';

/** Why an answer could not be used, for programs. The client's error code is `answer_unknown` for all of them. */
type Why = 'redirected' | 'not_mongogrant' | 'refused_in_front' | 'gateway_failed' | 'newer_mongogrant';

const unknown = (why: Why, message: string, { status, retryAfter }: Partial<Reply>): MongograntError =>
  new MongograntError('answer_unknown', message, { reason: why, status, retryAfter });

/** A refusal in the API's own words, or what it must be if it has none. */
export function failureOf(reply: Reply): MongograntError {
  const { status, json, retryAfter } = reply;
  const { success, output } = v.safeParse(problem, json);
  if (success)
    return new MongograntError(output.code, output.detail, { status, retryAfter, requestId: output.requestId });
  if (isHeldBack(reply))
    return new MongograntError(
      'too_many_requests',
      'The service gets more requests than it lets through. Try again in a minute.',
      { status, retryAfter },
    );
  return explainStranger(reply);
}

function explainStranger(reply: Reply): MongograntError {
  const { status, endpoint = 'The API' } = reply;
  // Some implementations of fetch hide the status of a redirect, and tell 0.
  if (status < 200 || (status >= 300 && status < 400)) return explainRedirect(reply);
  if (status >= 500)
    return unknown(
      'gateway_failed',
      `${endpoint} answers with status ${status}, without saying why. Try again in a minute; if it goes on, tell your admin.`,
      reply,
    );
  if (status > 400 && ![404, 405].includes(status))
    return unknown(
      'refused_in_front',
      `${endpoint} refuses with status ${status}, and not in mongogrant's words: something in front of it does, or it is another service. Check the address; if it is right, tell your admin.`,
      reply,
    );
  const https = status === 400 && endpoint.startsWith('http:') ? ' What listens there may want https.' : '';
  return unknown(
    'not_mongogrant',
    `${endpoint} answers (status ${status}), but is not a mongogrant. Check the address.${https}`,
    reply,
  );
}

function explainRedirect(reply: Reply): MongograntError {
  const { status, endpoint = 'The API', leadsTo } = reply;
  const where = leadsTo === undefined || endpoint.startsWith(leadsTo) ? undefined : leadsTo;
  return unknown(
    'redirected',
    where === undefined
      ? `${endpoint} answers with a redirect (${status}), as no mongogrant does. Your token goes nowhere else. Check the address.`
      : `${endpoint} sends you on to ${where} (${status}). Your token does not go there by itself. If you trust that address, name it as the address of the API.`,
    reply,
  );
}

/** A mongogrant answered what this version does not know; anything else has none of the fields that were expected. */
export function explainBody(reply: Reply, expected: readonly string[], where: string): MongograntError {
  const { json } = reply;
  const isOurs = typeof json === 'object' && json !== null && expected.some((name) => Object.hasOwn(json, name));
  if (!isOurs) return explainStranger(reply);
  return unknown(
    'newer_mongogrant',
    `The API answered something that this version does not understand (${where}). Update mongogrant's client.`,
    reply,
  );
}
