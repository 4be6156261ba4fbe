import { replies } from '../../shared/contract/replies';
import { ask, type ClientDeps, pages, read } from './api/ask-api';
import { LoginCalls } from './login-calls';
import { queryOf } from './query-of';
import { usableRemotes } from './remotes';
import type {
  AuditPage,
  Grant,
  Losses,
  Me,
  RemovedRule,
  Rule,
  Ruler,
  SetRule,
  SetRuler,
  Unreadable,
  Why,
} from './replies';

/** What names a rule. */
export interface RuleKey {
  email: string;
  host: string;
  db: string;
  role: string;
  which: 'allow' | 'deny';
  /** The change is refused if the rule no longer has this version; 0 for "there is none". */
  version?: number;
}

/** A rule to be set. */
export interface RuleInput extends RuleKey {
  /** ISO 8601. */
  expires?: string;
  /** The longest life of a login, such as `"7 d"`. */
  maxTtl?: string | number;
  /** The addresses from which a login works. */
  cidrs?: string[];
  note?: string;
}

/** A ruler to be appointed. */
export interface RulerInput {
  email: string;
  hosts: 'all' | string[];
  dbs: 'all' | string[];
  emails: 'all' | string[];
  which: 'all' | ('allow' | 'deny')[];
  version?: number;
}

export interface AuditFilter {
  /** ISO 8601. */
  from?: string;
  to?: string;
  email?: string;
  host?: string;
  cursor?: string;
}

/** The requests that need nothing but a token. Each throws a `MongograntError`. */
export abstract class ApiCalls extends LoginCalls {
  /** The API of the first remote that has a token, or of the one that the client was made for. */
  protected async api(): Promise<ClientDeps> {
    const [remote] = usableRemotes(await this.context.file.read(), this.context.endpoint);
    return this.context.apiOf(remote);
  }

  /** Who you are, and what the rules open to you. */
  async me(): Promise<Me> {
    return read(await this.api(), replies.me, '/me');
  }

  /** Your grants; for admins, and rulers inside their scope, also those of another person (`email`, `*` for everybody) or of a host. */
  async grants(filter: { email?: string; host?: string; db?: string } = {}): Promise<Grant[]> {
    const api = await this.api();
    const page = (more: Record<string, string>) =>
      read(api, replies.grants, '/grants', { ...queryOf(filter), ...more });
    return pages(page, ({ grants }) => grants);
  }

  /** Ends all your tokens; for an admin also those of another person. Answers how many there were. */
  async revokeTokens(filter: { email?: string } = {}): Promise<number> {
    const query = queryOf(filter);
    const answer = replies.tokensRevoked;
    return (await ask(await this.api(), { method: 'DELETE', path: '/tokens', query, answer, repeat: 'refused' }))
      .revoked;
  }

  /** The rules, or those of one principal. One that the service can't read is listed with its key alone. */
  async rules(filter: { email?: string } = {}): Promise<(Rule | Unreadable)[]> {
    const api = await this.api();
    const page = (more: Record<string, string>) => read(api, replies.rules, '/rules', { ...queryOf(filter), ...more });
    return pages(page, ({ rules }) => rules);
  }

  /** Sets a rule. With `dryRun`, tells who would lose what, and changes nothing. */
  async setRule(rule: RuleInput, how: { dryRun: true }): Promise<Losses>;
  async setRule(rule: RuleInput, how?: { dryRun?: false }): Promise<SetRule>;
  async setRule(body: RuleInput, { dryRun = false }: { dryRun?: boolean } = {}): Promise<SetRule | Losses> {
    const api = await this.api();
    const request = { method: 'PUT', path: '/rules', body } as const;
    if (dryRun) return ask(api, { ...request, query: { dryRun: 'true' }, answer: replies.losses, repeat: 'always' });
    return ask(api, { ...request, answer: replies.rule, repeat: 'refused' });
  }

  /** Removes a rule. With `dryRun`, tells who would lose what, and changes nothing. */
  async removeRule(key: RuleKey, how: { dryRun: true }): Promise<Losses>;
  async removeRule(key: RuleKey, how?: { dryRun?: false }): Promise<RemovedRule>;
  async removeRule(key: RuleKey, { dryRun = false }: { dryRun?: boolean } = {}): Promise<RemovedRule | Losses> {
    const api = await this.api();
    const request = {
      method: 'DELETE',
      path: '/rules',
      query: queryOf({ ...key, ...(dryRun && { dryRun }) }),
    } as const;
    if (dryRun) return ask(api, { ...request, answer: replies.losses, repeat: 'always' });
    return ask(api, { ...request, answer: replies.ruleRemoved, repeat: 'refused' });
  }

  /** The rule that decides, and all that have a say. */
  async why(wish: { email?: string; host: string; db: string; role: string }): Promise<Why> {
    return read(await this.api(), replies.why, '/rules/why', queryOf(wish));
  }

  /** The rulers and their scopes. */
  async rulers(filter: { email?: string } = {}): Promise<(Ruler | Unreadable)[]> {
    const api = await this.api();
    const page = (more: Record<string, string>) =>
      read(api, replies.rulers, '/rulers', { ...queryOf(filter), ...more });
    return pages(page, ({ rulers }) => rulers);
  }

  /** Appoints a ruler, or changes their scope. */
  async setRuler(body: RulerInput): Promise<SetRuler> {
    return ask(await this.api(), { method: 'PUT', path: '/rulers', body, answer: replies.ruler, repeat: 'refused' });
  }

  /** Dismisses a ruler. */
  async removeRuler(key: { email: string; version?: number }): Promise<Ruler | Unreadable> {
    const query = queryOf(key);
    return ask(await this.api(), {
      method: 'DELETE',
      path: '/rulers',
      query,
      answer: replies.rulerRemoved,
      repeat: 'refused',
    });
  }

  /** What happened, newest first, a page at a time: as long as there is a `cursor`, ask again with it. */
  async audit(filter: AuditFilter = {}): Promise<AuditPage> {
    return read(await this.api(), replies.audit, '/audit', queryOf(filter));
  }
}
