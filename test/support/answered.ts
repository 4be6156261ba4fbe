import type { Stage } from './stage';

/**
 * What many requests at once came to, each as status and code. Two hundred in one process with their table can be too many for the
 * machine: those are left out whose only fault was that the table gave no answer. Any other fault is the product's, and is named.
 */
export function answered(answers: readonly { status: number; json: { code?: string } }[], { logged }: Stage): string[] {
  const faults = logged.flatMap(({ facts }) => (typeof facts.fault === 'string' ? [facts.fault] : []));
  const ours = faults.filter((fault) => !/^(TimeoutError|AbortError|InternalServerError)$/.test(fault));
  expect(ours).toEqual([]);
  expect(answers.filter(({ status }) => status >= 500 && status !== 503)).toEqual([]);
  return answers.filter(({ status }) => status !== 503).map(({ status, json }) => `${status} ${json.code ?? 'token'}`);
}
