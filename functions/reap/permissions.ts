import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, hosts }, fn) => {
  table.sweep(fn);
  table.carryOutOrders(fn);
  table.readRules(fn);
  table.listRules(fn);
  table.removeRules(fn);
  table.readRulers(fn);
  table.readGrants(fn);
  table.listGrants(fn);
  table.listLiveGrants(fn);
  table.endGrants(fn);
  table.noteReach(fn);
  table.watchRuns(fn);
  table.noteVersion(fn);
  table.writeAudit(fn);
  hosts.read(fn);
};
