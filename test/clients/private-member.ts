import { writeFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Caller, Granted, Member } from './member';
import type { PrivateHost } from './private-host';
import type { Role } from './steps';

const audit = v.object({
  events: v.array(
    v.looseObject({
      act: v.string(),
      grant: v.optional(v.looseObject({ db: v.string(), role: v.string() })),
      proof: v.optional(v.looseObject({ at: v.unknown() })),
    }),
  ),
});

/** A person with the right to a private host, who uses nothing but what is given: by the API for the role that writes, by `mgrant` for the other. */
export function privateMember(you: Caller, admin: Caller, on: PrivateHost): Member {
  async function fromApi(db: string, role: Role): Promise<Granted> {
    const login = await you.grant(db, role);
    if (login.ca !== on.ca) throw new Error(`the answer's ca is ${login.ca ?? 'not there'}`);
    const address = new URL(login.uri);
    const { searchParams } = address;
    if (searchParams.get('tls') !== 'true' || searchParams.has('tlsCAFile'))
      throw new Error(`the options of the address are ${searchParams}`);
    const file = on.path(`${db}.pem`);
    await writeFile(file, login.ca);
    return { ...login, uri: `${login.uri}&tlsCAFile=${encodeURIComponent(file)}` };
  }

  async function fromMgrant(db: string, role: Role): Promise<Granted> {
    const { status, out, err } = await on.mgrant(['db', on.host, db, '--role', role, '--format', 'uri']);
    if (status !== 0) throw new Error(`mgrant db ended with ${status}: ${err}`);
    const uri = out.trim();
    const { username, password } = new URL(uri);
    return { uri, username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }

  return {
    grant: (db, role) => (role === 'readWrite' ? fromApi : fromMgrant)(db, role),
    async revoke(db, role) {
      await you.revoke(db, role);
      const query = new URLSearchParams({ host: on.host });
      const { events } = v.parse(audit, await admin.ask('GET', `/audit?${query}`, 200));
      const ended = events.find(({ act, grant }) => act === 'ended' && grant?.db === db && grant.role === role);
      const { at: _, ...proof } = ended?.proof ?? { at: undefined };
      const whole = { gone: true, unknownTo: [on.host], refusedBy: [on.host], notAsked: [], leftOut: [] };
      if (!isDeepStrictEqual(proof, whole)) throw new Error(`the proof is ${JSON.stringify(proof)}`);
    },
    revokeAll: () => you.revokeAll(),
  };
}
