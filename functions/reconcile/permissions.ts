import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, hosts }, fn) => {
  table.readGrants(fn);
  table.listGrants(fn);
  table.noteOnGrants(fn);
  table.takeHosts(fn);
  table.noteRuns(fn);
  table.writeAudit(fn);
  hosts.read(fn);
  hosts.list(fn);
};
