import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, mail }, fn) => {
  table.noteUndelivered(fn);
  table.writeAudit(fn);
  mail.hear(fn);
};
