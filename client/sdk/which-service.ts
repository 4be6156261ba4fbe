import { sameEndpoint } from './api/endpoint';
import { MongograntError } from './mongogrant-error';
import type { SettingsFile } from './settings/settings-file';
import type { Remote } from './settings/settings-schema';
import { readVariable, type Variables } from './variables';

/** What names a service: the program, or the variables of its process. */
export interface ServiceChoice {
  endpoint?: string | undefined;
  env: Variables;
}

/** The service that somebody names for this process, by an address or a name. */
export const namedService = ({ endpoint, env }: ServiceChoice): string | undefined =>
  endpoint ?? readVariable(env, 'MGRANT_ENDPOINT');

/** The service that is asked: an option comes before a variable, and both before what this home uses. Undefined: all in their order. */
export async function chosenEndpoint(
  file: SettingsFile,
  { endpoint, env }: ServiceChoice,
): Promise<string | undefined> {
  const named = namedService({ endpoint, env });
  if (named === undefined) return (await file.readHome()).endpoint;
  return isAddress(named) ? named : endpointNamed(named, (await file.read()).fetch.remotes);
}

/** The endpoint of the only service that has this name, or has it as a part of its host's name. */
export function endpointNamed(name: string, remotes: readonly Remote[]): string {
  const exact = exactly(name, remotes);
  const part = name.toLowerCase();
  const found =
    exact.length > 0 || part === '' ? exact : remotes.filter(({ endpoint }) => hostIn(endpoint).includes(part));
  const [one, another] = found;
  if (one && !another) return one.endpoint;
  throw new MongograntError('endpoint_invalid', another ? several(name, found) : unknown(name, remotes));
}

/** The endpoint of the service with exactly this name: a part of a name may be that of another one, which must not get the token. */
function endpointOf(name: string, remotes: readonly Remote[]): string {
  const [found] = exactly(name, remotes);
  if (found) return found.endpoint;
  throw new MongograntError('endpoint_invalid', unknown(name, remotes));
}

const exactly = (name: string, remotes: readonly Remote[]): Remote[] =>
  remotes.filter(({ endpoint }) => sameEndpoint(endpoint, name) || hostIn(endpoint) === name);

type Listed = readonly Pick<Remote, 'endpoint'>[];
const listOf = (listed: Listed): string => listed.map(({ endpoint }) => `\n  ${endpoint}`).join('');

const several = (name: string, found: Listed): string =>
  `"${name}" is a part of the names of several services:${listOf(found)}`;

const unknown = (name: string, all: Listed): string =>
  all.length > 0
    ? `No service here has the name "${name}". There are:${listOf(all)}`
    : `No service here has the name "${name}", and none is known. Name its address, such as https://api.lab.org.`;

/**
 * The settings, with the token that a variable brings. It is for the service that is named beside it, and is sent to no other. It is never
 * written.
 */
export function withGivenToken(file: SettingsFile, { endpoint, env }: ServiceChoice): SettingsFile {
  const token = readVariable(env, 'MGRANT_TOKEN');
  if (token === undefined) return file;
  const named = readVariable(env, 'MGRANT_ENDPOINT') ?? endpoint;
  const read: SettingsFile['read'] = async () => {
    if (!named)
      throw new MongograntError(
        'endpoint_invalid',
        'MGRANT_TOKEN holds a token, but nothing says for which service. Name it with MGRANT_ENDPOINT, too, such as https://api.lab.org.',
      );
    const settings = await file.read();
    const { remotes } = settings.fetch;
    const given = { endpoint: isAddress(named) ? named : endpointOf(named, remotes), token };
    const others = remotes.filter((remote) => !sameEndpoint(remote.endpoint, given.endpoint));
    return { ...settings, fetch: { ...settings.fetch, remotes: [given, ...others] } };
  };
  return { ...file, read };
}

const hostIn = (endpoint: string): string => (URL.canParse(endpoint) ? new URL(endpoint).host : endpoint);

const isAddress = (name: string): boolean => name.includes('://');
