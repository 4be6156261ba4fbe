import type { Deployment } from '../../../shared/contract/deployment';
import { usernameOf } from '../../../shared/contract/names';
import { seconds } from '../../../shared/policy/time';
import { keys } from '../../../shared/store/keys';

export interface GrantOptions {
  host: string;
  db: string;
  madeOn?: Deployment | undefined;
  /** Seconds from now to its end. */
  left: number;
}

/** The row of a live grant of one person for each number, as the service leaves it. */
export function grantOf(n: number, { host, db, madeOn, left }: GrantOptions) {
  const issuedAt = seconds(new Date()) - 60 * 86_400;
  const expiresAt = seconds(new Date()) + left;
  const [email, role, label] = [`person${n}@lab.org`, 'readWrite', ''];
  const id = `${db}_${n}`.padEnd(22, 'x');
  const key = keys.grant({ email, host, db, role, label });
  return {
    ...key,
    ...{ id, email, host, db, role, label, username: usernameOf({ email, role, label }), usersDb: db },
    ...{
      state: 'active' as const,
      version: 2,
      issuedAt,
      expiresAt,
      passwordVersion: 1,
      passwordAt: issuedAt,
      cidrs: [],
    },
    ...{ creatingUntil: 0, changingUntil: 0, endingUntil: 0, change: 0, ...(madeOn && { madeOn }) },
    ...{ duePk: keys.due(id), dueAt: expiresAt, listPk: keys.grantsOn(host), listSk: `${email}#${key.sk}` },
  };
}
export type BenchGrant = ReturnType<typeof grantOf>;
