import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, signingKey }, fn) => {
  table.checkTokens(fn);
  table.readRulers(fn);
  table.readAudit(fn);
  table.noteFirstDay(fn);
  table.writeAudit(fn);
  signingKey.read(fn);
};
