import type * as v from 'valibot';

const ofWhat = { rules: 'a rule', rulers: 'a ruler' };
/** Messages for the few checks of fields that have none. */
const plainly: Record<string, string> = {
  hosts: 'must be "all" or a list of 1 to 100 hosts',
  dbs: 'must be "all" or a list of 1 to 100 beginnings of names, such as ["fw_"]',
  emails: 'must be "all" or a list of 1 to 100 domains, each with its @, such as ["@lab.org"]',
  which: 'must be "all" or a list of allow and deny',
};

/** What is wrong with a value of the file, for the person who wrote it. */
export function explainIssue(
  issue: v.BaseIssue<unknown>,
  path: readonly (string | number)[],
  list?: PropertyKey,
): string {
  const what = list === 'rules' || list === 'rulers' ? ofWhat[list] : 'a rules file';
  const [field] = path;
  if (field === undefined) return `must be ${what}, written as "name: value" lines`;
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${field}: is not a field of ${what}`;
  if (issue.type === 'strict_object') return `${field}: is missing`;
  const { input, message } = issue;
  const value = typeof input === 'string' && input.length <= 80 ? ` ${JSON.stringify(input)}` : '';
  const quote =
    typeof input === 'boolean' || (typeof input === 'number' && field !== 'maxTtl') ? `; put ${input} in quotes` : '';
  const words = message.startsWith('Invalid ') ? (plainly[field] ?? 'is not valid') : message;
  return `${field}:${value} ${words}${quote}`;
}
