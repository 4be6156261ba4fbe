import * as v from 'valibot';
import { inputs, parse } from '../../shared/api';
import { ApiError } from '../../shared/errors';
import type { ApiResponse } from '../../shared/http';
import { expired } from '../../shared/policy';
import type { ApiRequest } from '../../shared/request';
import { versionOf } from '../../shared/store/versions';
import { seconds } from '../../shared/time';
import { beginChange } from './begin-change';
import { type RulesDeps, setRule } from './rules';

/** `POST /setrule/{token}`: what `PUT /rules` does, for clients of the Python server. */
export async function setRuleForPython(deps: RulesDeps, request: ApiRequest, now: Date): Promise<ApiResponse> {
  if (!v.is(inputs.pythonRule, request.body))
    return { status: 400, json: 'Missing valid user, host, db, role, and/or which' };
  try {
    await addRule(deps, { ...request, bearer: request.params.token }, now);
    return { status: 200, json: { success: true } };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 'internal') throw error;
    const message =
      error.status === 401
        ? 'Your token has expired, or is not one of this server. Use `mgrant init` to get a new one.'
        : error.message;
    return { status: 200, json: { success: false, error: message } };
  }
}

/** A rule that is there stays as it is: this client knows no limits, and would lift those that somebody else has set. */
async function addRule(deps: RulesDeps, request: ApiRequest, now: Date): Promise<void> {
  const key = parse(inputs.ruleKey, request.body);
  const { before } = await beginChange(deps, request, { key, seen: undefined, dryRun: undefined }, now);
  if (before && !('unreadable' in before) && !expired(before, seconds(now))) return;
  await setRule(deps, { ...request, body: { ...key, version: versionOf(before) } }, now);
}
