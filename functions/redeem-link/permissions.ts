import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, linkKey, signingKey }, fn) => {
  table.spendLinks(fn);
  table.writeAudit(fn);
  linkKey.read(fn);
  signingKey.read(fn);
};
