import { readFile } from 'node:fs/promises';
import { Client, type ClientOptions } from '../../client/index';
import { openStage, type Stage } from './stage';
import { endpoint, stageFetch } from './stage-fetch';
import { temporaryFolder } from './temporary-folder';

/** The real client in front of the real handlers: for each test a stage on which `you@example.com` may readWrite `demo*`. */
export function clientStage() {
  const folder = temporaryFolder();
  let stage: Stage;
  let clients: Client[];
  let asked: string[];
  let warnings: string[];
  let adminToken: string;

  beforeEach(async () => {
    [stage, clients, asked, warnings] = [await openStage(), [], [], []];
    adminToken = await stage.tokenFor('admin@example.com');
    await rule({});
  });
  afterEach(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await stage.close();
  });

  /** Sets the rule of this stage, with other fields than usual. */
  async function rule(fields: Record<string, unknown>): Promise<void> {
    const body = { ...key(), ...fields };
    const { status, text } = await stage.ask('PUT', '/rules', { token: adminToken, body });
    if (status !== 200) throw new Error(text);
  }

  const key = () => ({
    email: 'you@example.com',
    host: stage.host,
    db: 'demo*',
    role: 'readWrite',
    which: 'allow' as const,
  });

  /** A client whose settings file is `<name>.json`, and which notes what it asked and warned of. */
  function clientOf(
    options: ClientOptions = {},
    name = 'you',
    before?: (request: Request) => Response | undefined,
  ): Client {
    const door = stageFetch(stage, (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return before?.(request);
    });
    const client = new Client({
      settings: folder.path(`${name}.json`),
      // No label is made, so that names are the same in each run.
      env: { CI: 'true' },
      fetch: door.fetch,
      clock: () => stage.clock.now,
      sleep: async () => {},
      mongo: { serverSelectionTimeoutMS: 2000 },
      onWarning: (warning) => void warnings.push(warning),
      ...options,
    });
    clients.push(client);
    return client;
  }

  /** A client that has a token. */
  async function member(options: ClientOptions = {}, name = 'you'): Promise<Client> {
    const client = clientOf(options, name);
    await client.setRemote(endpoint, await stage.tokenFor('you@example.com'));
    return client;
  }

  async function admin(): Promise<Client> {
    const client = clientOf({}, 'admin');
    await client.setRemote(endpoint, adminToken);
    return client;
  }

  return {
    admin,
    folder,
    clientOf,
    member,
    rule,
    /** What names the rule of this stage. */
    key,
    get stage() {
      return stage;
    },
    /** Every request of every client, as `METHOD /path`. */
    get asked() {
      return asked;
    },
    get warnings() {
      return warnings;
    },
    /** What stands in the settings file. */
    text: (name = 'you') => readFile(folder.path(`${name}.json`), 'utf8'),
    spec: (db = 'demo', role = 'rw') => `${role}:${stage.host}/${db}`,
  };
}
