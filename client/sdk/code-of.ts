/** The code of a fault of the system, such as `ENOENT`, or of a server, such as 18. */
export const codeOf = (fault: unknown): unknown =>
  typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;
