import type { ClientDeps } from '../../sdk/api/ask-api';
import { renewGrant, revokeGrants } from '../../sdk/calls/grants';
import type { ClientContext } from '../../sdk/client-context';
import { requestCredential } from '../../sdk/credentials/request-credential';
import { randomSigns } from '../../sdk/random-signs';
import { readRemotes, usableRemotes } from '../../sdk/remotes';
import type { Ended } from '../../sdk/replies';
import type { Credential } from '../../sdk/settings/credentials';
import type { Remote } from '../../sdk/settings/settings-schema';
import type { Place } from '../../sdk/spec';

/** A login for one command. No file keeps it. */
export interface LentLogin {
  label: string;
  credential: Promise<Credential>;
  /** Sets a new end, so many seconds from now, and answers it. */
  renew(ttl: number): Promise<Date>;
  /** When it ends by itself, as far as that is known. */
  expires(): Date | undefined;
  /** Ends it, once it is known whether it was made; none if it was not. */
  end(): Promise<Ended | undefined>;
}

/** Asks for a login under a label that nobody has used. It is there as soon as its `credential` is. */
export function lendLogin(context: ClientContext, place: Place): LentLogin {
  const label = `exec-${randomSigns(8)}`;
  let expires: Date | undefined;
  const given = ask(context, place, label);
  const credential = given.then(({ credential }) => {
    expires = credential.expires;
    return credential;
  });
  return {
    ...{ label, credential, expires: () => expires },
    renew: async (ttl) => {
      expires = new Date((await renewGrant(await apiNow(context, await given), { ...place, label, ttl })).expires);
      return expires;
    },
    end: async () => {
      const made = await given.catch(() => undefined);
      return made && revokeGrants(await apiNow(context, made), { ...place, label });
    },
  };
}

/** Where a login came from. */
interface Given {
  credential: Credential;
  remote: Remote;
}

/** A new token may have come meanwhile; where there is none, the one that got the login will do. */
async function apiNow({ file, apiOf }: ClientContext, { credential, remote }: Given): Promise<ClientDeps> {
  const remotes = await readRemotes(file).catch(() => []);
  const [now] = usableRemotes([...remotes, remote], credential.endpoint);
  return apiOf(now);
}

async function ask(context: ClientContext, place: Place, label: string): Promise<Given> {
  const settings = await context.file.read();
  const credential = await requestCredential(context, settings, { place, label, orUnlabelled: false, told: false });
  const [remote] = usableRemotes(settings.fetch.remotes, credential.endpoint);
  return { credential, remote };
}
