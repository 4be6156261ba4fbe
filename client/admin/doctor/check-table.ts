import type { TableFacts } from '../aws/describe-table';
import { type Finding, fail, ok, warn } from './finding';

const key = ['pk', 'sk'];
const indexes = ['due', 'listed'];

/** Whether the table is there, and is one of mongogrant's. */
export function judgeTable(name: string, { status, key: keys, indexes: found, onDemand }: TableFacts): Finding {
  const lacks = indexes.filter((index) => !found.includes(index));
  if (keys.join() !== key.join() || lacks.length > 0)
    return fail(
      'table',
      `${name} is no table of mongogrant: ${lacks.length > 0 ? `it has no index ${lacks.join(', ')}` : 'it has another key'}.`,
      'Set MONGOGRANT_TABLE to the one in the output ForAdmins of the stack.',
    );
  if (status !== 'ACTIVE')
    return fail('table', `${name} is ${status}.`, `aws dynamodb describe-table --table-name ${name}`);
  if (!onDemand)
    return warn(
      'table',
      `${name} is there, with a fixed capacity: a busy hour is throttled.`,
      `aws dynamodb update-table --table-name ${name} --billing-mode PAY_PER_REQUEST`,
    );
  return ok('table', `${name} is there, and is paid by request.`);
}

export const judgeDeletion = (name: string, { deletionProtection }: TableFacts): Finding =>
  deletionProtection
    ? ok('deletion', 'The table is protected against deletion.')
    : warn(
        'deletion',
        'The table can be deleted: it is not protected.',
        `Leave out "retain": false and deploy, or: aws dynamodb update-table --table-name ${name} --deletion-protection-enabled`,
      );

export const judgeBackups = (name: string, on: boolean): Finding =>
  on
    ? ok('backups', 'The table can be set back to any second of the last weeks.')
    : warn(
        'backups',
        'Point-in-time recovery of the table is off: what is lost is lost.',
        `aws dynamodb update-continuous-backups --table-name ${name} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
      );

export const judgeTimeToLive = (name: string, attribute: string | undefined): Finding =>
  attribute === 'deleteAt'
    ? ok('time to live', 'Old rows go by themselves.')
    : warn(
        'time to live',
        'Old rows stay: the table has no time to live by deleteAt.',
        `aws dynamodb update-time-to-live --table-name ${name} --time-to-live-specification Enabled=true,AttributeName=deleteAt`,
      );
