import { together } from '../../../shared/async/together';
import type { RotationStart } from '../../../shared/aws/secrets-manager';
import { registeredName } from '../../../shared/contract/names';
import { type Actor, type HostRefusal, hostLog, invalidHost, type RegistryDeps, refusal } from './host-registry';

export type Rotated = { state: 'rotating'; host: string } | HostRefusal;

/** Begins to change the password of a host's admin login. Secrets Manager goes on by itself, with the function that the stack has for it. */
export async function rotateHost(deps: RegistryDeps, input: Actor & { host: string }, now: Date): Promise<Rotated> {
  const host = registeredName(input.host);
  if (host === undefined) return invalidHost();
  const log = hostLog(deps, input, now);
  const [start] = await together([deps.hosts.rotate(host), log.note({ act: 'host_rotating', host })]);
  return start === 'begun' ? { state: 'rotating', host } : log.refuse(refusals[start](host));
}

const unknown = (host: string): HostRefusal => refusal(host, 'host_unknown', `${host} is not registered.`);

const refusals: Record<Exclude<RotationStart, 'begun'>, (host: string) => HostRefusal> = {
  missing: unknown,
  deleted: unknown,
  not_set_up: (host) =>
    refusal(
      host,
      'rotation_off',
      `Rotation is not switched on for ${host}: "Rotating the admin password" in docs/hosts.md says how. The service on one machine (npm start) can't rotate.`,
    ),
  under_way: (host) =>
    refusal(
      host,
      'rotation_under_way',
      `A rotation of ${host} is under way, or could not be finished; AWS tries again by itself. If it stays so, see "A rotation fails" in docs/operations.md.`,
    ),
};
