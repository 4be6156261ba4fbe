import type { Absent } from '../../../shared/aws/secrets-manager';
import { type Finding, fail, ok } from './finding';

/** The keys that sign, whose values nobody reads here. */
export const keyNames = ['signing-key', 'link-key'] as const;
export type KeyName = (typeof keyNames)[number];

const used: Record<KeyName, string> = {
  'signing-key': 'no token works',
  'link-key': 'no link is sent, and none works',
};

export function judgeKey(name: KeyName, id: string, state: 'there' | Absent): Finding {
  if (state === 'there') return ok(name, `${id} is there.`);
  if (state === 'deleted')
    return fail(name, `${id} is to be deleted: ${used[name]}.`, `aws secretsmanager restore-secret --secret-id ${id}`);
  return fail(
    name,
    `${id} is not there: ${used[name]}.`,
    `If MONGOGRANT_SECRET_PREFIX is right, make it anew (everybody logs in again): aws secretsmanager create-secret --name ${id} --secret-string "{\\"key\\":\\"$(openssl rand -hex 32)\\",\\"older\\":[]}"`,
  );
}
