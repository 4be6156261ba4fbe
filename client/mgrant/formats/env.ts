import { type Login, serversOf } from './login';

/** For `eval`, and for `.` in a shell. */
export const env = (login: Login): string =>
  Object.entries(variablesOf(login))
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');

/** A login as programs want it in their environment. */
export function variablesOf(login: Login): Record<string, string> {
  const { uri, db, username, password, authSource, caFile } = login;
  return {
    MONGODB_URI: uri,
    MONGODB_HOST: serversOf(login),
    MONGODB_DATABASE: db,
    MONGODB_USERNAME: username,
    MONGODB_PASSWORD: password,
    MONGODB_AUTH_SOURCE: authSource,
    ...(caFile !== undefined && { MONGODB_CA_FILE: caFile }),
  };
}
