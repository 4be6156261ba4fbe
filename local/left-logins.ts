import { readLiveGrants } from '../shared/store/grants/reads';
import type { Grant } from '../shared/store/grants/row';
import type { Table } from '../shared/store/table';

/** The logins that stay when the service ends: all but those on its own server, which ends too. */
export const loginsLeft = async (table: Table, ownHost: string | undefined): Promise<Grant[]> =>
  (await readLiveGrants(table)).grants.filter(({ host }) => host !== ownHost);

/** What `npm start` says about them at its end. */
export function tellOfLeft(
  left: readonly Pick<Grant, 'host' | 'usersDb' | 'username'>[],
  folder: string | undefined,
): string[] {
  if (left.length === 0) return [];
  const hosts = [...new Set(left.map(({ host }) => host))].sort().join(', ');
  const logins = left.length === 1 ? '1 login outlives' : `${left.length} logins outlive`;
  if (folder)
    return [
      `${logins} this service, on ${hosts}. The records are in ${folder}: started again in the same way, it ends what is due.`,
    ];
  return [
    `${logins} this service, on ${hosts}, and nothing ends what is due: the records were in memory only. Drop by hand:`,
    ...left.map(({ host, usersDb, username }) => `  ${username} in ${usersDb} on ${host}`),
  ];
}
