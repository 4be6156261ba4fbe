import { type ClientDeps, sent } from '../../sdk/api/ask-api';
import { mayHaveArrived } from '../../sdk/api/explain-silence';
import type { Door } from '../../sdk/api/fetch-api';
import { isDone } from '../../sdk/api/reply';
import { renewGrant, revokeGrants } from '../../sdk/calls/grants';
import type { ClientContext } from '../../sdk/client-context';
import { requestCredential } from '../../sdk/credentials/request-credential';
import { randomSigns } from '../../sdk/random-signs';
import { readRemotes, usableRemotes } from '../../sdk/remotes';
import type { Ended } from '../../sdk/replies';
import type { Credential } from '../../sdk/settings/credentials';
import type { Place } from '../../sdk/spec';

/** A login for one command. No file keeps it. */
export interface LentLogin {
  label: string;
  credential: Promise<Credential>;
  /** Sets a new end, so many seconds from now, and answers it. */
  renew(ttl: number): Promise<Date>;
  /** When it ends by itself, as far as that is known. */
  expires(): Date | undefined;
  /** Where it is, or may be: an answer may have been lost. */
  doors(): Door[];
  /** Ends it at one of these. */
  end(door: Door): Promise<Ended>;
}

/** Asks for a login under a label that nobody has used. It is there as soon as its `credential` is. */
export function lendLogin(context: ClientContext, place: Place): LentLogin {
  const label = `exec-${randomSigns(8)}`;
  const { apiOf, doors } = watchRequests(context);
  let expires: Date | undefined;
  const given = ask({ ...context, apiOf }, place, label);
  const credential = given.then(({ credential }) => {
    expires = credential.expires;
    return credential;
  });
  return {
    ...{ label, credential, doors, expires: () => expires },
    renew: async (ttl) => {
      const api = await apiNow(context, (await given).remote);
      expires = new Date((await renewGrant(api, { ...place, label, ttl })).expires);
      return expires;
    },
    end: async (door) => revokeGrants(await apiNow(context, door), { ...place, label }),
  };
}

/** Notes the services that are asked, but for those that surely made nothing. */
function watchRequests({ apiOf }: ClientContext): Pick<ClientContext, 'apiOf'> & Pick<LentLogin, 'doors'> {
  const asked = new Set<Door>();
  const watched: ClientContext['apiOf'] = (door, most) => {
    const deps = apiOf(door, most);
    return {
      ...deps,
      api: async (route, input) => {
        const before = asked.has(door);
        asked.add(door);
        const { reply, fault } = await sent(deps.api(route, input));
        const mayBe = reply ? isDone(reply) || reply.status >= 500 : mayHaveArrived(fault);
        if (!mayBe && !before) asked.delete(door);
        if (!reply) throw fault;
        return reply;
      },
    };
  };
  return { apiOf: watched, doors: () => [...asked] };
}

/** A new token may have come meanwhile; where there is none, the one with which the login was asked for will do. */
async function apiNow({ file, apiOf }: ClientContext, { endpoint, token = '' }: Door): Promise<ClientDeps> {
  const remotes = await readRemotes(file).catch(() => []);
  const [now] = usableRemotes([...remotes, { endpoint, token }], endpoint);
  return apiOf(now);
}

async function ask(context: ClientContext, place: Place, label: string) {
  const settings = await context.file.read();
  const credential = await requestCredential(context, settings, { place, label, orUnlabelled: false, told: false });
  const [remote] = usableRemotes(settings.fetch.remotes, credential.endpoint);
  return { credential, remote };
}
