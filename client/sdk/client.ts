import type { Db } from 'mongodb';
import { ApiCalls } from './api-calls';
import { clientContext } from './client-context';
import type { ClientOptions } from './client-options';
import { confirmedCredential } from './credentials/confirm-credential';
import { keepAlive } from './credentials/keep-alive';
import { obtainCredential } from './credentials/obtain-credential';
import { renewGrant } from './credentials/renew-grant';
import { connect } from './mongo/connect';
import { credentialUri } from './mongo/credential-uri';
import { openClients } from './mongo/open-clients';
import { openDb } from './open-db';
import type { Ended, Grant } from './replies';
import { type RevokeFilter, revokeGrants } from './revoke-grants';
import { type Credential, findCredential, type Wanted, withCredential } from './settings/credentials';
import { labelOf } from './settings-calls';
import { type Place, parseSpec, resolvePlace } from './spec';

/** Which of your credentials for a place is meant, if it is not the one under the client's own label. */
export interface Labelled {
  label?: string;
}

/**
 * Asks mongogrant for MongoDB credentials, keeps them in a settings file, and opens databases with them. A place is written as a spec,
 * `ROLE:HOST/DB`, where `ro` and `rw` stand for `read` and `readWrite`, and host and database may be aliases. Every method throws a
 * `MongograntError` for what the API, or the client itself, refuses.
 *
 * @example
 * const client = new Client();
 * const db = await client.db('ro:mongodb03.lab.org/fireworks');
 * console.log(await db.collection('tasks').countDocuments());
 * await client.close();
 */
export class Client extends ApiCalls {
  readonly #label: string | undefined;
  readonly #clients;
  readonly #alive;

  constructor(options: ClientOptions = {}) {
    super(clientContext(options));
    this.#label = options.label;
    this.#clients = openClients(connect, options.mongo ?? {});
    this.#alive = keepAlive(this.context, this.#clients);
  }

  /**
   * A database of MongoDB's official driver, logged in. Cheap after the first time: ask for it where you need it, rather than keep it
   * for days, so that you get the one with the newest password. Close the client when you are done.
   */
  async db(spec: string, how: Labelled = {}): Promise<Db> {
    const db = await openDb(this.context, this.#clients, await this.#wanted(parseSpec(spec), how));
    this.#alive.look();
    return db;
  }

  /**
   * The address of a database with username and password in it, ready to be pasted. For a host with authorities of its own it names the
   * file of {@link caFile}.
   */
  async uri(spec: string, how: Labelled = {}): Promise<string> {
    const credential = await obtainCredential(this.context, await this.#wanted(parseSpec(spec), how));
    return credentialUri(credential, await this.caFile(credential));
  }

  /**
   * The credential for a place: the one in the settings file, or a new one. With `confirm` the API is asked whether it still knows the
   * one in the file: for whoever hands it on, and would not hear MongoDB refuse it.
   */
  async getAuth(
    host: string,
    db: string,
    role: string,
    { confirm = false, ...how }: Labelled & { confirm?: boolean } = {},
  ): Promise<Credential> {
    const wanted = await this.#wanted({ host, db, role }, how);
    return confirm ? confirmedCredential(this.context, wanted) : obtainCredential(this.context, wanted);
  }

  /** Notes a credential that you have from elsewhere. It is used until MongoDB refuses it. */
  async setAuth(host: string, db: string, role: string, username: string, password: string): Promise<void> {
    const wanted = await this.#wanted({ host, db, role }, {});
    const credential = { ...wanted.place, username, password };
    await this.context.file.change((settings) => withCredential(settings, credential, wanted));
  }

  /** Sets a new end for a credential, counted from now. Its password stays. */
  async renew(spec: string, how: Labelled & { ttl?: string | number } = {}): Promise<Grant> {
    const context = how.ttl === undefined ? this.context : { ...this.context, ttl: how.ttl };
    return renewGrant(context, await this.#wanted(parseSpec(spec), how));
  }

  /**
   * Ends grants, and forgets their credentials. A spec means the one under this client's label. `pending` are those that the service
   * goes on ending by itself.
   */
  async revoke(what: string | RevokeFilter): Promise<Ended> {
    const { ended, gone } = await (typeof what === 'string' ? this.#revokeOne(what) : this.#revokeAll(what));
    await this.#clients.forget(gone);
    return ended;
  }

  /** Closes every connection. Work that is under way is broken off. */
  async close(): Promise<void> {
    this.#alive.stop();
    await this.#clients.closeAll();
  }

  /** Closes the client at the end of its block: `await using client = new Client()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #revokeOne(spec: string) {
    const wanted = await this.#wanted(parseSpec(spec), {});
    const known = findCredential(await this.context.file.read(), wanted);
    return revokeGrants(this.context, { ...wanted.place, label: wanted.label }, known?.endpoint);
  }

  async #revokeAll(filter: RevokeFilter) {
    const { host = '*', db = '*', role = '*' } = filter;
    const { place } = await this.#wanted({ host, db, role }, {});
    return revokeGrants(this.context, { ...filter, ...place });
  }

  async #wanted(place: Place, { label = this.#label }: Labelled): Promise<Wanted> {
    const settings = await this.context.file.read();
    const { host_aliases: host, db_aliases: db } = settings.fetch;
    const own = this.#label ?? labelOf(settings);
    return {
      place: resolvePlace(place, { host, db }),
      label: label ?? own,
      // Only who does not ask for a certain label may get a credential of which none is known.
      orUnknown: label === undefined || label === '',
    };
  }
}
