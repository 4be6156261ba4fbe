import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, signingKey }, fn) => {
  table.checkTokens(fn);
  table.readRules(fn);
  table.readRulers(fn);
  table.readGrants(fn);
  table.listGrants(fn);
  table.listLiveGrants(fn);
  table.writeAudit(fn);
  signingKey.read(fn);
};
