import { defined } from './defined';
/** Fields as a query takes them, without those that are left out. */
export const queryOf = (fields: object): Record<string, string> =>
  Object.fromEntries(Object.entries(defined(fields)).map(([name, value]) => [name, String(value)]));
