import { sameEndpoint } from '../sdk/api/endpoint';
import { readMe } from '../sdk/calls/me';
import type { HomeFacts } from '../sdk/home';
import { isMongograntError } from '../sdk/mongogrant-error';
import type { Remote } from '../sdk/settings/settings-schema';
import type { Session } from './session';

/** A service, and who one is there, or why that is not known. */
export interface KnownService {
  endpoint: string;
  /** Whether it is the one that is asked, or asked first. */
  used: boolean;
  email?: string;
  /** When the token ends. */
  expires?: string;
  code?: string;
  detail?: string;
}

/** Milliseconds. A service that hangs must not hold up what the others say for long. */
const timeout = 10_000;

/** Asks all services at the same time. */
export async function askServices(session: Session): Promise<{ home: HomeFacts; services: KnownService[] }> {
  const client = await session.client();
  const [home, known] = await Promise.all([client.home(), client.remotes()]);
  const { endpoint } = home;
  const isKnown = endpoint === undefined || known.some((remote) => sameEndpoint(remote.endpoint, endpoint));
  const remotes = isKnown ? known : [{ endpoint, token: '' }, ...known];
  const used = endpoint ?? remotes.find(({ token }) => token !== '')?.endpoint;
  const services = remotes.map(async (remote) => ({
    ...{ endpoint: remote.endpoint, used: used !== undefined && sameEndpoint(remote.endpoint, used) },
    ...(await whoAt(session, remote)),
  }));
  return { home, services: await Promise.all(services) };
}

async function whoAt(session: Session, remote: Remote): Promise<Omit<KnownService, 'endpoint' | 'used'>> {
  if (remote.token === '')
    return {
      ...{ code: 'token_missing', detail: `No token yet: mgrant login you@lab.org --endpoint ${remote.endpoint}` },
    };
  try {
    const api = await session.api(remote, { timeout });
    const { email, expires } = await readMe({ ...api, tries: 1 });
    return { email, expires };
  } catch (fault) {
    if (!isMongograntError(fault)) throw fault;
    return { code: fault.code, detail: fault.message };
  }
}
