import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '../../local/service';
import { builtMgrant } from '../support/built-mgrant';
import { makeCertificates } from '../support/genuine/certificates';
import { startGenuine } from '../support/genuine/start-genuine';
import type { Ran } from '../support/on-terminal';
import { settle } from './mongosh';

/** A genuine server that takes nothing but TLS, with a certificate that an authority of its own signed; and people with `mgrant`. */
export interface PrivateHost {
  /** `localhost:<port>`; registered by nobody yet. */
  host: string;
  /** Its admin login, in the shape of a host's secret, without the authority. */
  secret: string;
  /** The certificate of the authority, and the file that it is in. */
  ca: string;
  caFile: string;
  /** A file in the folder that is removed at the end. */
  path(name: string): string;
  mgrant(args: readonly string[], input?: string): Promise<Ran>;
  /** The environment of a person's own programs: they find `mgrant`, and it the login. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function startPrivateHost(
  binary: string,
  { forAdmins }: Pick<Service, 'forAdmins'>,
): Promise<PrivateHost> {
  // Home folders have such names; addresses and programs name files in them.
  const folder = await mkdtemp(join(tmpdir(), 'mongogrant ca+å-'));
  const closing = [() => rm(folder, { recursive: true })];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    settle(folder);
    const certificates = await makeCertificates(folder);
    const server = await startGenuine({ binary, tls: certificates });
    closing.push(() => server.close());
    const mgrant = await builtMgrant({ ...variablesIn(forAdmins), MONGOSH_PATH: process.env.MONGOSH_PATH ?? '' });
    closing.push(() => mgrant.close());
    await symlink(mgrant.binary, join(folder, 'mgrant'));
    const { caFile } = certificates;
    return {
      env: { HOME: folder, PATH: `${folder}:${process.env.PATH}` },
      host: `localhost:${server.port}`,
      secret: JSON.stringify({ engine: 'mongo', host: 'localhost', port: server.port, ssl: true, ...server.admin }),
      ca: await readFile(caFile, 'utf8'),
      caFile,
      path: (name) => join(folder, name),
      mgrant: (args, input) => mgrant.run(folder, args, input),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of the line that `npm start` prints for a shell. */
const variablesIn = (line: string): Record<string, string> =>
  Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
