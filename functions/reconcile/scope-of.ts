import * as v from 'valibot';
import { registeredName } from '../../shared/contract/names';

/** The event that the schedule sends. */
const scheduled = v.object({ source: v.literal('aws.events') });
const payload = v.strictObject({ host: v.optional(v.string()), force: v.optional(v.boolean()) });

/** The scope that a call asks for. Throws for anything else, so that a typo in a payload does not start a run over everything. */
export function scopeOf(event: unknown): { host?: string; force?: boolean } {
  if (v.is(scheduled, event)) return {};
  const { host, force } = v.parse(payload, event ?? {});
  if (force && host === undefined) throw new Error('force: takes a host');
  if (host === undefined) return {};
  const name = registeredName(host);
  if (name === undefined) throw new Error('host: is no host name such as mongodb03.lab.org or localhost:27020');
  return { host: name, ...(force && { force }) };
}
