import type { Login } from './login';

export function json(login: Login): string {
  const { host, db, role, label = '', username, password, authSource, expires, uri, ca, caFile } = login;
  const shown = { host, db, role, label, username, password, authSource, expires, uri, ca, caFile };
  return `${JSON.stringify(shown, null, 2)}\n`;
}
