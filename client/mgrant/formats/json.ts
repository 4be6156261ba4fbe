import type { Login } from './login';

export const json = (login: Login): string => `${JSON.stringify(jsonOf(login), null, 2)}\n`;

const jsonOf = ({ host, db, role, label = '', username, password, authSource, expires, uri, ca, caFile }: Login) => ({
  ...{ host, db, role, label, username, password, authSource, expires, uri, ca, caFile },
});
