import { InvalidArgumentError } from 'commander';
import type { AuditFilter } from '../../sdk/calls/audit';
import type { Client } from '../../sdk/client';
import { defined } from '../../sdk/defined';
import type { AuditEvent } from '../../sdk/replies';
import type { MgrantCommand } from '../mgrant-command';
import { table } from '../table';
import { timeOf } from '../times';

type Options = { from?: string; to?: string; email?: string; host?: string; limit: number };

export function addAudit(program: MgrantCommand): void {
  program
    .command('audit')
    .summary('what happened, newest first')
    .description(
      'Lists what happened, newest first: to you; for rulers, inside of their scope; for admins, everything.',
    )
    .option('--from <time>', 'not before, such as 2026-11-01 or 2026-11-01T08:00:00Z')
    .option('--to <time>', 'not after')
    .option('--email <email>', 'what happened to this address, or was done by it')
    .option('--host <host>', 'what happened on this host')
    .option('--limit <number>', 'at most so many', count, 50)
    .examples('mgrant audit --from 2026-11-01 --email ada@lab.org', 'mgrant audit --limit 500 --json')
    .does(async (session, { limit, from, to, ...options }: Options) => {
      const filter: AuditFilter = {
        ...options,
        ...defined({ from: timeOf('--from', from), to: timeOf('--to', to) }),
      };
      const { events, more } = await session.ask('Reading', (client) => readEvents(client, filter, limit));
      session.show({ events }, () => table(heading, events.map(rowOf), session.paint.out) || 'Nothing happened.\n');
      if (more && !session.json) session.note(`There is more: --limit ${limit * 2}`);
    });
}

const heading = ['WHEN (UTC)', 'WHAT', 'WHOSE', 'BY', 'ABOUT'];

function count(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

/** A page may be short, or empty, with more behind it. */
async function readEvents(client: Client, filter: AuditFilter, limit: number) {
  const events: AuditEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.audit({ ...filter, ...defined({ cursor }) });
    events.push(...page.events);
    cursor = page.cursor;
  } while (cursor !== undefined && events.length < limit);
  return { events: events.slice(0, limit), more: cursor !== undefined || events.length > limit };
}

function rowOf(event: AuditEvent): string[] {
  const { at, act, email, by = '', grant, rule, reason, why, host } = event;
  const about = [
    ...(grant
      ? [`${grant.role} ${grant.host}/${grant.db}${grant.label && ` label ${grant.label}`}`]
      : host
        ? [host]
        : []),
    ...(rule ? [`rule "${rule}"`] : []),
    ...[reason, why].filter((word) => word !== undefined),
  ];
  return [at.slice(0, 19).replace('T', ' '), act, email, by, about.join(', ')];
}
