/** The code of a system error, such as `ENOENT`. It checks the field and not the class, which differs between contexts. */
export function systemCode(error: unknown): string | undefined {
  const known = typeof error === 'object' && error !== null && 'code' in error;
  return known && typeof error.code === 'string' ? error.code : undefined;
}
