/**
 * A new error with the messages of a fault and of its causes, because the fault itself may carry the request. If a message holds a
 * secret, it keeps only the fault's code.
 */
export function withoutSecrets(fault: unknown, secrets: unknown[]): Error {
  const words: string[] = [];
  let code: string | undefined;
  for (let one = fault; one instanceof Error && words.length < 5; one = one.cause) {
    if (one.message !== '') words.push(one.message);
    if ('code' in one && typeof one.code === 'string') code = one.code;
    if (one instanceof AggregateError) words.push(...one.errors.slice(0, 2).map(messageOf));
  }
  const text = words.join(': ');
  const told = secrets.flatMap(wordsIn).some((secret) => text.includes(secret));
  const clean = new Error(told || text === '' ? (code ?? 'The request failed') : text);
  return Object.assign(clean, code !== undefined && { code });
}

const messageOf = (fault: unknown): string => (fault instanceof Error ? fault.message : '');

/** Every text in a body, long enough to be a secret. */
function wordsIn(secret: unknown): string[] {
  if (typeof secret === 'string') return secret.length >= 8 ? [secret] : [];
  return typeof secret === 'object' && secret !== null ? Object.values(secret).flatMap(wordsIn) : [];
}
