import { hostOf, isLabel } from '../../shared/contract/names';
import { checkEndpoint } from './api/endpoint';
import { checkToken } from './api/fetch-api';
import type { ClientContext } from './client-context';
import { MongograntError } from './mongogrant-error';
import { sameEndpoint, withRemote } from './remotes';
import type { Credential } from './settings/credentials';
import type { Remote, Settings } from './settings/settings-schema';

/** What a client reads and writes in its settings file, `~/.mongogrant.json`, which the Python client shares. */
export abstract class SettingsCalls {
  constructor(protected readonly context: ClientContext) {}

  /** Notes the token for an endpoint. A new endpoint is asked after those that are there. */
  async setRemote(endpoint: string, token: string): Promise<void> {
    checkEndpoint(endpoint, this.context.allowHttp);
    if (token !== '') checkToken(token);
    await this.context.file.change((settings) => withRemote(settings, endpoint, token));
  }

  /** The endpoints and their tokens, in the order in which they are asked. */
  async remotes(): Promise<Remote[]> {
    return (await this.context.file.read()).fetch.remotes;
  }

  /** Forgets an endpoint and its token. */
  async removeRemote(endpoint: string): Promise<void> {
    await this.context.file.change((settings) => {
      const remotes = settings.fetch.remotes.filter((remote) => !sameEndpoint(remote.endpoint, endpoint));
      return { ...settings, fetch: { ...settings.fetch, remotes } };
    });
  }

  /** Gives a host or a database a name of your own, such as `dev` for `mongodb03.lab.org`. */
  async setAlias(alias: string, actual: string, which: 'host' | 'db' = 'host'): Promise<void> {
    const key = `${which}_aliases` as const;
    await this.context.file.change((settings) => {
      const aliases = { ...settings.fetch[key], [alias]: actual };
      return { ...settings, fetch: { ...settings.fetch, [key]: aliases } };
    });
  }

  /** Your names for hosts or databases, and what they stand for. */
  async aliases(which: 'host' | 'db' = 'host'): Promise<Record<string, string>> {
    return (await this.context.file.read()).fetch[`${which}_aliases`];
  }

  /**
   * Sets the label of this settings file: every client that uses it, and names no label of its own, asks for credentials under it.
   * Give each machine another one, as a new password for a label ends the one before it.
   */
  async setLabel(label: string): Promise<void> {
    if (!isLabel(label))
      throw new MongograntError('label_invalid', 'A label is at most 32 letters, digits, ., _ and -, such as laptop.');
    await this.context.file.change((settings) => ({ ...settings, mongogrant: { ...settings.mongogrant, label } }));
  }

  /**
   * Writes the authorities that sign a host's certificate into a file beside the settings file, for programs that want a file (the
   * option `tlsCAFile`), and answers its path; none for a host without authorities of its own.
   */
  async caFile({ host, ca }: Pick<Credential, 'host' | 'ca'>): Promise<string | undefined> {
    // Hosts have ports, which no file's name may have everywhere.
    return ca === undefined ? undefined : this.context.file.writeBeside(`${hostOf(host).replaceAll(':', '_')}.pem`, ca);
  }

  /** The label of this settings file; none is an empty one. */
  async label(): Promise<string> {
    return labelOf(await this.context.file.read());
  }
}

export const labelOf = (settings: Settings): string => settings.mongogrant?.label ?? '';
