/** Fields as a query takes them, without those that are left out. */
export const queryOf = (fields: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])),
  );
