import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, signingKey, hosts }, fn) => {
  table.checkTokens(fn);
  table.endTokens(fn);
  table.dropTickets(fn);
  table.readRulers(fn);
  table.readGrants(fn);
  table.listGrants(fn);
  table.endGrants(fn);
  table.planOrders(fn);
  table.noteSilence(fn);
  table.writeAudit(fn);
  signingKey.read(fn);
  hosts.read(fn);
};
