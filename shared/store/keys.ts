import type { Key } from './table';

/** How many partitions of the index `due` share the grants. */
const dueShards = 8;

/** Every partition and sort key of the table. A part before another part can't hold a `#`. */
export const keys = {
  links: (email: string): string => `links#${email}`,
  link: (link: { email: string; id: string }): Key => ({ pk: keys.links(link.email), sk: `link#${link.id}` }),
  sentLinks: (email: string): Key => ({ pk: keys.links(email), sk: 'sent' }),
  tickets: (email: string): string => `tickets#${email}`,
  ticket: (ticket: { email: string; id: string }): Key => ({ pk: keys.tickets(ticket.email), sk: ticket.id }),
  /** Mails to new addresses of a domain. */
  newAddresses: (domain: string, hour: number): Key => ({ pk: `domains#${domain}`, sk: String(hour) }),
  undelivered: (email: string): Key => ({ pk: `mail#${email}`, sk: 'undelivered' }),
  caller: (caller: string, hour: number): Key => ({ pk: `ip#${caller}`, sk: String(hour) }),
  /** In the index `listed`, like `allRulers`. */
  allRules: 'rules',
  rules: (principal: string): string => `rules#${principal}`,
  rule: (rule: { email: string; host: string; db: string; role: string; which: string }): Key => ({
    pk: keys.rules(rule.email),
    sk: `${rule.host}#${rule.db}#${rule.role}#${rule.which}`,
  }),
  /** In the index `due`: the rules that a ruler set. */
  rulesBy: (ruler: string): string => `rules#by#${ruler}`,
  allRulers: 'rulers',
  ruler: (email: string): Key => ({ pk: `rulers#${email}`, sk: 'scope' }),
  grants: (email: string): string => `grants#${email}`,
  /** In the index `listed`. */
  grantsOn: (host: string): string => `grants#${host}`,
  grant: (grant: { email: string; host: string; db: string; role: string; label: string }): Key => ({
    pk: keys.grants(grant.email),
    sk: `${grant.host}#${grant.db}#${grant.role}#${grant.label}`,
  }),
  events: (day: string): string => `audit#${day}`,
  /** Names a day before which there are no events. Only who reads events may write it: it could hide all of them. */
  eventsBegan: { pk: 'events', sk: 'began' },
  /** In the index `listed`: events about a person. */
  eventsOf: (email: string): string => `audit#${email}`,
  /** Events about what a person did to others. */
  eventsBy: (email: string): string => `audit#by#${email}`,
  /** In the index `due`, beside the grants. */
  sweeps: 'sweeps',
  ruleSweep: (rule: { email: string; host: string; db: string; role: string; which: string }): Key => ({
    pk: `sweeps#${rule.email}`,
    sk: keys.rule(rule).sk,
  }),
  rulerSweep: (email: string): Key => ({ pk: `sweeps#${email}`, sk: 'ruler' }),
  /** In the index `due`. Release 0.1.0 does not read it. */
  orders: 'orders',
  order: (by: string, id: string): Key => ({ pk: `orders#${by}`, sk: id }),
  /** Which release last wrote here. */
  rowsVersion: { pk: 'rows', sk: 'version' },
  jobRun: (job: string): Key => ({ pk: 'jobs', sk: job }),
  reconciling: (host: string): Key => ({ pk: `hosts#${host}`, sk: 'reconciling' }),
  reach: (host: string): Key => ({ pk: `hosts#${host}`, sk: 'reach' }),
  due: (id: string): string => `grants#${[...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % dueShards}`,
  /** In the index `due`. Together they hold every grant that has not ended. */
  dueShards: Array.from({ length: dueShards }, (_, shard) => `grants#${shard}`),
};
