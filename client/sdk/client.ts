import type { Db } from 'mongodb';
import { type AuditFilter, readAudit } from './calls/audit';
import { listGrants, type RevokeFilter } from './calls/grants';
import { readMe, revokeTokens } from './calls/me';
import { listRulers, type RulerInput, removeRuler, setRuler } from './calls/rulers';
import { explainRules, listRules, type RuleInput, type RuleKey, removeRule, setRule } from './calls/rules';
import type { ClientOptions } from './client-options';
import { getAuth, setAuth } from './credentials/get-auth';
import { renewAndNote } from './credentials/renew-and-note';
import { revokeAndForget } from './credentials/revoke-and-forget';
import type { Labelled } from './credentials/wanted-by';
import { type HomeFacts, readHome, useService } from './home';
import { type LoggedIn, logIn, redeemMailedLink, requestMailedLink } from './login/log-in';
import type { TerminalLogin } from './login/terminal-login';
import { credentialUri } from './mongo/credential-uri';
import { openDb } from './mongo/open-db';
import { closeContext, openContext } from './open-context';
import { firstApi, readRemotes, removeRemote, setRemote } from './remotes';
import type * as replies from './replies';
import { readAliases, setAlias } from './settings/aliases';
import { type Credential, credentialsIn } from './settings/credentials';
import { setLabel } from './settings/label';
import type { Remote } from './settings/settings-schema';
import { writeCaFile } from './settings/write-ca-file';
import { parseSpec } from './spec';

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
export class Client {
  readonly #context;

  constructor(options: ClientOptions = {}) {
    this.#context = openContext(options);
  }

  /**
   * A database of MongoDB's official driver, logged in. Cheap after the first time: ask for it where you need it, rather than keep it
   * for days, so that you get the one with the newest password. Close the client when you are done.
   */
  async db(spec: string, how: Labelled = {}): Promise<Db> {
    return openDb(this.#context, spec, how);
  }

  /**
   * The address of a database with username and password in it, ready to be pasted. For a host with authorities of its own it names the
   * file of {@link caFile}.
   */
  async uri(spec: string, how: Labelled = {}): Promise<string> {
    const credential = await getAuth(this.#context, parseSpec(spec), how);
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
    how: Labelled & { confirm?: boolean } = {},
  ): Promise<Credential> {
    return getAuth(this.#context, { host, db, role }, how);
  }

  /** Notes a credential that you have from elsewhere. It is used until MongoDB refuses it. */
  async setAuth(host: string, db: string, role: string, username: string, password: string): Promise<void> {
    await setAuth(this.#context, { host, db, role }, { username, password });
  }

  /** Sets a new end for a credential, counted from now. Its password stays. */
  async renew(spec: string, how: Labelled & { ttl?: string | number } = {}): Promise<replies.Grant> {
    return renewAndNote(this.#context, spec, how);
  }

  /**
   * Ends grants, and forgets their credentials. A spec means the one under this client's label. `pending` are those that the service
   * goes on ending by itself.
   */
  async revoke(what: string | RevokeFilter): Promise<replies.Ended> {
    return revokeAndForget(this.#context, what);
  }

  /** The credentials that this client keeps, in the settings file or for itself, those from elsewhere included. */
  async kept(): Promise<Credential[]> {
    return credentialsIn(await this.#context.file.read());
  }

  /** Closes every connection. Work that is under way is broken off. */
  async close(): Promise<void> {
    await closeContext(this.#context);
  }

  /** Closes the client at the end of its block: `await using client = new Client()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Who you are, and what the rules open to you. */
  async me(): Promise<replies.Me> {
    return readMe(await this.#api());
  }

  /** Your grants; for admins, and rulers inside their scope, also those of another person (`email`, `*` for everybody) or of a host. */
  async grants(filter: { email?: string; host?: string; db?: string } = {}): Promise<replies.Grant[]> {
    return listGrants(await this.#api(), filter);
  }

  /** Ends all your tokens; for an admin also those of another person. Answers how many there were. */
  async revokeTokens(filter: { email?: string } = {}): Promise<number> {
    return revokeTokens(await this.#api(), filter);
  }

  /** The rules, or those of one principal. One that the service can't read is listed with its key alone. */
  async rules(filter: { email?: string } = {}): Promise<(replies.Rule | replies.Unreadable)[]> {
    return listRules(await this.#api(), filter);
  }

  /** Sets a rule. With `dryRun`, tells who would lose what, and changes nothing. */
  async setRule(rule: RuleInput, how: { dryRun: true }): Promise<replies.Losses>;
  async setRule(rule: RuleInput, how?: { dryRun?: false }): Promise<replies.SetRule>;
  async setRule(rule: RuleInput, how: { dryRun?: boolean } = {}): Promise<replies.SetRule | replies.Losses> {
    return setRule(await this.#api(), rule, how);
  }

  /** Removes a rule. With `dryRun`, tells who would lose what, and changes nothing. */
  async removeRule(key: RuleKey, how: { dryRun: true }): Promise<replies.Losses>;
  async removeRule(key: RuleKey, how?: { dryRun?: false }): Promise<replies.RemovedRule>;
  async removeRule(key: RuleKey, how: { dryRun?: boolean } = {}): Promise<replies.RemovedRule | replies.Losses> {
    return removeRule(await this.#api(), key, how);
  }

  /** The rule that decides, and all that have a say. */
  async why(wish: { email?: string; host: string; db: string; role: string }): Promise<replies.Why> {
    return explainRules(await this.#api(), wish);
  }

  /** The rulers and their scopes. */
  async rulers(filter: { email?: string } = {}): Promise<(replies.Ruler | replies.Unreadable)[]> {
    return listRulers(await this.#api(), filter);
  }

  /** Appoints a ruler, or changes their scope. */
  async setRuler(ruler: RulerInput): Promise<replies.SetRuler> {
    return setRuler(await this.#api(), ruler);
  }

  /** Dismisses a ruler. */
  async removeRuler(key: { email: string; version?: number }): Promise<replies.Ruler | replies.Unreadable> {
    return removeRuler(await this.#api(), key);
  }

  /** What happened, newest first, a page at a time: as long as there is a `cursor`, ask again with it. */
  async audit(filter: AuditFilter = {}): Promise<replies.AuditPage> {
    return readAudit(await this.#api(), filter);
  }

  /**
   * Mails a link to this address, if the service knows it. Answers with what to do next, in the service's words.
   *
   * @param endpoint the first remote if it is left out
   */
  async requestLink(email: string, endpoint?: string): Promise<string> {
    return requestMailedLink(this.#context, email, endpoint);
  }

  /** Redeems a mailed link, the whole address of it, and notes the token. A link works once. */
  async redeemLink(link: string): Promise<LoggedIn> {
    return redeemMailedLink(this.#context, link);
  }

  /**
   * Logs in from a terminal: mails a link, shows a code, waits until the person has typed the code into the page behind the link, and
   * notes the token.
   */
  async login(login: TerminalLogin & { endpoint?: string }): Promise<LoggedIn> {
    return logIn(this.#context, login);
  }

  /** Notes the token for an endpoint. A new endpoint is asked after those that are there. */
  async setRemote(endpoint: string, token: string): Promise<void> {
    await setRemote(this.#context, endpoint, token);
  }

  /** The endpoints and their tokens, in the order in which they are asked. */
  async remotes(): Promise<Remote[]> {
    return readRemotes(this.#context.file);
  }

  /** Forgets an endpoint and its token. */
  async removeRemote(endpoint: string): Promise<void> {
    await removeRemote(this.#context.file, endpoint);
  }

  /** Gives a host or a database a name of your own, such as `dev` for `mongodb03.lab.org`. */
  async setAlias(alias: string, actual: string, which: 'host' | 'db' = 'host'): Promise<void> {
    await setAlias(this.#context.file, which, { [alias]: actual });
  }

  /** Your names for hosts or databases, and what they stand for. */
  async aliases(which: 'host' | 'db' = 'host'): Promise<Record<string, string>> {
    return readAliases(this.#context.file, which);
  }

  /**
   * Sets the label of this home: every client that uses its settings file, and names no label of its own, asks for credentials under it.
   * Without it the home gets one of its own at the first login. An empty one: credentials without a label, which all homes share, so that
   * each new password ends the one before it.
   */
  async setLabel(label: string): Promise<void> {
    await setLabel(this.#context.file, label);
  }

  /** The label of this client's new logins; an empty one is none, or none yet. */
  async label(): Promise<string> {
    return (await this.home()).label ?? '';
  }

  /** Where this client keeps what it is told, and what it uses if nobody says otherwise. */
  async home(): Promise<HomeFacts> {
    return readHome(this.#context);
  }

  /** Has this home ask only one service, by its address or a part of its host's name, or again all of them; answers its endpoint. */
  async use(name?: string): Promise<string | undefined> {
    return useService(this.#context, name);
  }

  /**
   * Writes the authorities that sign a host's certificate into a file beside the settings file, for programs that want a file (the
   * option `tlsCAFile`), and answers its path; none for a host without authorities of its own.
   */
  async caFile(credential: Pick<Credential, 'host' | 'ca'>): Promise<string | undefined> {
    return writeCaFile(this.#context.file, credential);
  }

  async #api() {
    return firstApi(this.#context);
  }
}
