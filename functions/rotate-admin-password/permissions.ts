import type { Permissions } from '../../infra/resources';

export const permissions: Permissions = ({ hosts }, fn) => {
  hosts.rotate(fn);
};
