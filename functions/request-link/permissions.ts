import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ table, linkKey, mail }, fn) => {
  table.readRules(fn);
  table.readRulers(fn);
  table.countRequests(fn);
  table.createLinks(fn);
  table.countNewAddresses(fn);
  table.readUndelivered(fn);
  table.writeAudit(fn);
  linkKey.read(fn);
  mail.send(fn);
};
