import { mkdir, writeFile } from 'node:fs/promises';
import { startSet } from '../../support/genuine/start-set';
import { type Deployment, logIn } from '../member';
import { startPrivateHost } from '../private-host';

/** A host, by what an address for it must say. */
export interface Place {
  kind: 'one server' | 'a replica set' | 'TLS and users in admin';
  host: string;
}

/** What programs have: hosts of every kind, and a person who has `mgrant`. */
export interface Stand {
  places: readonly [Place, Place, Place];
  env: Record<string, string>;
  /** What `mgrant db --role readWrite` prints in a format. */
  login(place: Place, db: string, format: string, ...more: string[]): Promise<string>;
  /** What mongosh prints, as `mgrant db --format mongosh` starts it, for these lines. */
  mongosh(place: Place, db: string, lines: string): Promise<string>;
  /** A folder of its own, with this file in it. */
  folderWith(file: string, content: string): Promise<string>;
  close(): Promise<void>;
}

const person = 'grace@lab.org';

export async function openStand(binary: string, service: Deployment): Promise<Stand> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const on = await startPrivateHost(binary, service);
    closing.push(() => on.close());
    const set = await startSet({ binary, members: 3 });
    closing.push(() => set.close());
    const mgrant = async (args: readonly string[], input?: string) => {
      const { status, out, err } = await on.mgrant(args, input);
      if (status !== 0) throw new Error(`mgrant ${args[0]} ended with ${status}: ${err}`);
      return out;
    };
    const setHost = 'mongodb-set.lab.org';
    const setSecret = {
      uri: `mongodb://${set.addresses}/?replicaSet=${set.name}`,
      username: 'root',
      password: 'root-password',
    };
    const tlsSecret = { ...JSON.parse(on.secret), usersDb: 'admin' };
    const add = (host: string, secret: object, ...more: string[]) =>
      mgrant(['hosts', 'add', host, '--secret', '-', '--by', 'admin@example.com', ...more], JSON.stringify(secret));
    await add(setHost, setSecret);
    await add(on.host, tlsSecret, '--ca', on.caFile);
    const places = [
      { kind: 'one server', host: service.host },
      { kind: 'a replica set', host: setHost },
      { kind: 'TLS and users in admin', host: on.host },
    ] as const;
    const token = await letIn(service, places);
    await mgrant(['settoken', '--endpoint', service.api], token);
    let folders = 0;
    return {
      places,
      env: on.env,
      login: (place, db, format, ...more) => mgrant([...asking(place, db, format), ...more]),
      mongosh: (place, db, lines) => mgrant(asking(place, db, 'mongosh'), lines),
      async folderWith(file, content) {
        const folder = on.path(`work-${folders++}`);
        await mkdir(folder);
        await writeFile(`${folder}/${file}`, content, { mode: 0o600 });
        return folder;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const asking = ({ host }: Place, db: string, format: string) =>
  ['db', host, db, '--role', 'readWrite', '--format', format] as const;

/** Lets a person write everywhere; answers their token. */
async function letIn(service: Deployment, places: readonly Place[]): Promise<string> {
  for (const { host } of places)
    await service.admin.ask('PUT', '/rules', 200, { email: person, host, db: '*', role: 'readWrite', which: 'allow' });
  return (await logIn(service, person)).token;
}
