import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, signingKey, hosts }, fn) => {
  table.checkTokens(fn);
  table.readRules(fn);
  table.listRules(fn);
  table.countRules(fn);
  table.changeRules(fn);
  table.listRulers(fn);
  table.changeRulers(fn);
  table.readGrants(fn);
  table.listGrants(fn);
  table.listLiveGrants(fn);
  table.planSweeps(fn);
  table.writeAudit(fn);
  signingKey.read(fn);
  hosts.see(fn);
  hosts.list(fn);
};
