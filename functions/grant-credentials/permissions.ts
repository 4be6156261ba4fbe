import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, signingKey, hosts }, fn) => {
  table.checkTokens(fn);
  table.readTickets(fn);
  table.readRules(fn);
  table.readRulers(fn);
  table.readGrants(fn);
  table.writeGrants(fn);
  table.noteSilence(fn);
  table.writeAudit(fn);
  signingKey.read(fn);
  hosts.read(fn);
};
