import { chainOf, type Fault } from './faults';

/**
 * New errors with the messages and codes of a fault and of its causes, because the fault itself may carry the request. A message that
 * holds a secret is left out.
 */
export function withoutSecrets(fault: unknown, secrets: unknown[]): Error {
  const words = secrets.flatMap(wordsIn);
  const clean = (one: Fault, cause: Error | undefined): Error => {
    const told = [one.message, ...one.parts.slice(0, 2).map(({ message }) => message)].filter(Boolean).join(': ');
    const isSafe = told !== '' && !words.some((word) => told.includes(word));
    const error = new Error(isSafe ? told : (one.code ?? 'The request failed'), cause && { cause });
    return Object.assign(error, { name: one.name }, one.code !== undefined && { code: one.code });
  };
  return (
    chainOf(fault).reduceRight<Error | undefined>((cause, one) => clean(one, cause), undefined) ??
    new Error('The request failed')
  );
}

/** Every text in a body, long enough to be a secret. */
function wordsIn(secret: unknown): string[] {
  if (typeof secret === 'string') return secret.length >= 8 ? [secret] : [];
  return typeof secret === 'object' && secret !== null ? Object.values(secret).flatMap(wordsIn) : [];
}
