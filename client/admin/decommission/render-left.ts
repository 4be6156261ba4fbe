import type { AwsSettings } from '../aws/aws-settings';
import type { Left, LeftOn } from './look-for-left';

/** Whether a login may be alive: it has not ended, its record can't be read, its user is there, or a host could not be asked. */
export const isLeft = ({ grants, unreadable, hosts }: Left): boolean =>
  grants.length + unreadable.length > 0 || hosts.some(({ users }) => users === undefined || users.length > 0);

/** What is left, or that nothing is, and what to do next. */
export function renderLeft(left: Left, settings: AwsSettings): string {
  const lines = isLeft(left)
    ? [...describeRows(left), ...left.hosts.map(describeHost), '', ...whatNext]
    : ['No login is left.', ...left.hosts.map(describeHost), '', ...whatRemains(left, settings)];
  return `${lines.join('\n')}\n`;
}

function describeRows({ grants, unreadable }: Left): string[] {
  return [
    ...grants.map(
      ({ email, role, host, db, waitsFor }) =>
        `Not ended yet: ${email} ${role} ${host}/${db}${waitsFor === undefined ? '' : ` (${waitsFor})`}`,
    ),
    ...unreadable.map((key) => `A record can't be read, and its login may be alive: ${key}`),
  ];
}

function describeHost({ host, users, seen = [] }: LeftOn): string {
  if (users === undefined) return `${host}: could not be asked. mgrant hosts check ${host} says why.`;
  const where = seen === 'all' ? 'in any database' : seen.length > 0 ? `in ${seen.join(', ')}` : 'in no database';
  if (users.length === 0) return `${host}: no user of mongogrant's, as far as its login sees (it looked ${where}).`;
  return `${host}: ${users.length} of mongogrant's users: ${users.join(', ')}`;
}

const whatNext = [
  'Nobody gets a new login, and mongogrant goes on to end what is left. Do not delete the deployment yet.',
  'What a host or a record waits for is in docs/operations.md. Then run this again.',
];

/** What AWS and the hosts still hold, as commands. mgrant runs none of them. */
function whatRemains({ hosts }: Left, { stackName, table, secretPrefix }: AwsSettings): string[] {
  return [
    'What remains, and how to delete it, in this order:',
    '',
    '# On each host, by whoever made it: the login of mongogrant itself, such as db.getSiblingDB("admin").dropUser("mongogrant")',
    '# The secrets of the hosts. AWS keeps each for 30 days more.',
    ...hosts.map(({ host }) => `aws secretsmanager delete-secret --secret-id ${secretPrefix}/hosts/${host}`),
    '# The stack.',
    `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stackName}`,
    `aws cloudformation delete-stack --stack-name ${stackName}`,
    '# What it keeps where retain is true: the table, with the audit log in it, and the logs.',
    `aws dynamodb update-table --no-deletion-protection-enabled --table-name ${table}`,
    `aws dynamodb delete-table --table-name ${table}`,
    `aws logs describe-log-groups --log-group-name-prefix ${stackName}- --query 'logGroups[].logGroupName' --output text |`,
    "  tr '\\t' '\\n' | xargs -n 1 aws logs delete-log-group --log-group-name",
  ];
}
