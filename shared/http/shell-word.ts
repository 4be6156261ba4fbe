/** An address may hold quotes, dollars and backticks. They must mean nothing to the shell into which people paste the line. */
export function shellWord(word: string): string {
  return /^[\w@.+=:/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
