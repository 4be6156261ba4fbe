import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, mail }, fn) => {
  table.listLiveGrants(fn);
  table.noteOnGrants(fn);
  table.createTickets(fn);
  table.readUndelivered(fn);
  table.watchRuns(fn);
  table.writeAudit(fn);
  mail.send(fn);
};
